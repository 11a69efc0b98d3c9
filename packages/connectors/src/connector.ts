import type { RawRecordV1 } from '@alluvium/contracts';
import type { FileStore } from './files/file-store.ts';
import type { HttpClient } from './http/http-client.ts';

/** A JSON value: what a cursor and a state are made of. */
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** A raw record before it has its place in a run. */
export type SourceRecord = Omit<RawRecordV1, 'sequence'>;

/**
 * What the last good crawl left behind. `known` names every document that was there by `<entity>#<entityId>`, with the
 * validator (ETag, hash, modification date) that tells whether it changed; an empty validator says nothing.
 */
export interface CrawlBase {
  state?: Json;
  known: Readonly<Record<string, string>>;
}

/** One step of a crawl. It is stored before the next one begins, so that nothing of it is fetched twice. */
export interface CrawlPage {
  /** New and changed documents, and those that could not be read, with the reason. */
  records: SourceRecord[];
  /** Validators of the documents that the step saw, changed or not. */
  seen: Record<string, string>;
  /** Where the crawl goes on; absent when it is over. */
  cursor?: Json;
  /** What is to be done, where that is too much for a cursor: handed to every step until another plan replaces it. */
  plan?: Json;
  /**
   * How the crawl ended: the state for the next one, and whether everything that exists was seen. Only then are
   * documents that were known and not seen taken for deleted.
   */
  end?: { state: Json; complete: boolean };
}

/** Where a crawl stands: all that a step depends on. */
export interface CrawlPoint {
  base: CrawlBase;
  /** None at the beginning. */
  cursor?: Json;
  plan?: Json;
}

/**
 * Reads one source in steps. A step depends on where the crawl stands alone: a process that was killed goes on from the cursor
 * of the last stored page and sees the same.
 */
export interface Connector {
  readonly name: string;
  /**
   * The next page.
   * Errors: RATE_LIMITED (unavailable; details.retryAfterMs) when the source wants a longer pause than a step may make,
   * SOURCE_UNAVAILABLE, SOURCE_REFUSED, SOURCE_INVALID, SOURCE_ANSWER_INVALID, ADDRESS_REFUSED.
   */
  step(point: CrawlPoint): Promise<CrawlPage>;
}

/** Values that let somebody in, by the name that a source's settings give them. */
export type SecretStore = (name: string) => Promise<string>;

/** Time, for waits and for the clock of a request's signature. */
export interface ConnectorClock {
  nowMs(): number;
  pause(delayMs: number): Promise<unknown>;
}

/** What connectors need of the world. */
export interface ConnectorDeps {
  http: HttpClient;
  clock: ConnectorClock;
  secrets: SecretStore;
  /** Where the connector `files` finds its files. */
  files: FileStore;
}

/** What somebody wants to be read: the connector's name and its settings, as the source document has them. */
export interface ConnectorSettings {
  connector: string;
  settings: Readonly<Record<string, unknown>>;
}

/** `<entity>#<entityId>`: names a document among those of its source. */
export const documentKey = (entity: string, entityId: string): string => `${entity}#${entityId}`;

/** The two halves of {@link documentKey}. */
export const splitDocumentKey = (key: string): { entity: string; entityId: string } => {
  const at = key.indexOf('#');
  return { entity: key.slice(0, at), entityId: key.slice(at + 1) };
};
