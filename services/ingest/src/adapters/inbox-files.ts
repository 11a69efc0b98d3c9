import { hasCode } from '@alluvium/contracts';
import type { FileStore } from '@alluvium/connectors';
import type { Inbox } from '../ports.ts';

/** What announces an upload is no document of a folder. */
const MANIFEST = '_upload.json';

/** The folders of a collection's inbox. */
export const inboxFiles = (inbox: Inbox, collection: string): FileStore => {
  const prefixOf = (folder: string): string => `inbox/${collection}/${folder}/`;
  return {
    list: async (folder) => {
      const prefix = prefixOf(folder);
      const objects = await inbox.list(prefix);
      return objects
        .map(({ key, sizeBytes, etag }) => ({ path: key.slice(prefix.length), sizeBytes, etag }))
        .filter(({ path }) => path !== '' && path !== MANIFEST && !path.endsWith('/'));
    },
    read: async (folder, { path, etag }) => {
      try {
        return (await inbox.open(`${prefixOf(folder)}${path}`, etag))?.body;
      } catch (error) {
        if (hasCode(error, 'INBOX_CHANGED')) return undefined;
        throw error;
      }
    },
  };
};
