import type { UploadManifestV1 } from '@alluvium/contracts';

const COLLECTION = '[a-z0-9][a-z0-9-]{0,62}';
const UPLOAD = new RegExp(`^inbox/(${COLLECTION})/([0-9A-Za-z_-]{1,64})/_upload\\.json$`);
const DROP = new RegExp(`^inbox/(${COLLECTION})/drop/(.{1,900})$`, 's');

/** Folder of files that come without a manifest; each is a run of its own. */
export const DROP_FOLDER = 'drop';

/** What a new object in the inbox starts. */
export type InboxArrival =
  | { kind: 'upload'; collection: string; uploadId: string }
  | { kind: 'drop'; collection: string; path: string };

// eslint-disable-next-line no-control-regex -- these are what is looked for
const CONTROL = /[\u0000-\u001f\u007f]/;

/** True for a relative path of plain segments: it cannot point outside its folder. */
export const isPlainPath = (path: string): boolean =>
  !CONTROL.test(path) && path.split('/').every((segment) => !['', '.', '..'].includes(segment));

/** Reads an object's key, which anybody with access to the inbox chose; undefined when it starts nothing. */
export const parseInboxKey = (key: string): InboxArrival | undefined => {
  const [, collection, uploadId] = UPLOAD.exec(key) ?? [];
  if (collection !== undefined && uploadId !== undefined) {
    return uploadId === DROP_FOLDER ? undefined : { kind: 'upload', collection, uploadId };
  }
  const [, dropCollection, path] = DROP.exec(key) ?? [];
  if (dropCollection === undefined || path === undefined || !isPlainPath(path)) return undefined;
  return { kind: 'drop', collection: dropCollection, path };
};

/** Key of a file of an upload. */
export const fileKeyOf = ({ collection, uploadId }: UploadManifestV1, path: string): string =>
  `inbox/${collection}/${uploadId}/${path}`;
