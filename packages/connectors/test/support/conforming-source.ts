import type { ConformanceDeps, ConformanceSource } from '@alluvium/testkit/connector-conformance';
import { guardedFetch, openConnector, type ConnectorSettings, type FileStore } from '../../src/index.ts';
import type { FakeServer } from './fake-server.ts';

/** Documents by id, in the order in which they were put. */
export type Documents = Map<string, string>;

/** Three documents to begin with. */
export const someDocuments = (): Documents =>
  new Map(['first', 'second', 'third'].map((id) => [id, `The text of the ${id} one.`]));

/** A place without files. */
export const noFiles: FileStore = { list: async () => [], read: async () => undefined };

/** Opens the connector that the settings name, allowed to ask this machine or not. */
export const opening =
  (settings: () => ConnectorSettings, files = noFiles) =>
  ({ clock, secrets, mayAskThisMachine }: ConformanceDeps) => {
    const http = guardedFetch({ allowedHosts: mayAskThisMachine ? ['127.0.0.1'] : [] });
    return openConnector(settings(), { http, clock, secrets, files }) as never;
  };

/** What all sources over one fake server and a map of documents have in common. */
export const overDocuments = (
  server: FakeServer,
  documents: Documents,
  entityIdOf: (id: string) => string,
): Pick<
  ConformanceSource,
  'put' | 'remove' | 'requests' | 'disturb' | 'close' | 'keyOf' | 'keys' | 'namesPauses'
> => ({
  put: (id, text) => documents.set(id, text),
  remove: (id) => documents.delete(id),
  requests: () => server.requests.length,
  disturb: (status, headers = {}) => server.disturb({ status, headers }),
  close: () => server.close(),
  keyOf: entityIdOf,
  keys: () => [...documents.keys()].map(entityIdOf),
  namesPauses: true,
});
