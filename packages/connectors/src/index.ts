export {
  filterable,
  isoDate,
  type AttributeValue,
  type Attributes,
  type CanonicalRecord,
} from './canonical.ts';
export {
  documentKey,
  splitDocumentKey,
  type Connector,
  type ConnectorClock,
  type ConnectorDeps,
  type ConnectorSettings,
  type CrawlBase,
  type CrawlPage,
  type CrawlPoint,
  type Json,
  type SecretStore,
  type SourceRecord,
} from './connector.ts';
export { MAX_DOCUMENT_BYTES, maxBytesOf, recordsOfFile, tooLarge } from './files/file-records.ts';
export type { Chunks, FileStore, StoredFile } from './files/file-store.ts';
export { parseJsonRecord } from './files/json-record.ts';
export { JSON_RECORD, recordFormatOf } from './files/media-type.ts';
export { guardedFetch, type GuardOptions } from './http/guarded-fetch.ts';
export type { HttpClient, HttpRequest, HttpResponse } from './http/http-client.ts';
export { publicUrl } from './http/public-url.ts';
export { mapMarvelEntity } from './marvel/map-entity.ts';
export { MARVEL_RECORD } from './marvel/marvel-types.ts';
export { CONNECTOR_NAMES, openConnector } from './open-connector.ts';
export { rejected } from './rejected.ts';
