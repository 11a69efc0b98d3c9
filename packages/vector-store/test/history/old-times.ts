import {
  memoryObjectStore,
  openSnapshot,
  type Delta,
  type DeltaDocument,
  type Head,
  type ObjectStore,
  type PublishOptions,
  type VersionedObjectStore,
} from '../../src/index.ts';
import { INDEX_PATH } from '../deltas.ts';
import { committed, newId, NOW_MS } from '../publisher.ts';

export const HOUR_MS = 3600 * 1000;
export const DAY_MS = 24 * HOUR_MS;

/** An index whose clock is moved by hand. */
export interface OldTimes {
  store: VersionedObjectStore;
  nowMs: number;
  fence: number;
  pass: (ms: number) => void;
  publish: (deltas: readonly Delta[], store?: ObjectStore) => Promise<Head>;
  /** What every writer brings along. */
  writer: () => Pick<PublishOptions, 'store' | 'indexPath' | 'fence' | 'checkLease' | 'clock' | 'newId'>;
}

export const oldTimes = (): OldTimes => {
  const times: OldTimes = {
    store: memoryObjectStore({ nowMs: () => times.nowMs }),
    nowMs: NOW_MS,
    fence: 1,
    pass: (ms) => {
      times.nowMs += ms;
    },
    publish: async (deltas, store = times.store) =>
      (await committed(store, deltas, { fence: times.fence, nowMs: times.nowMs })).head,
    writer: () => ({
      store: times.store,
      indexPath: INDEX_PATH,
      fence: times.fence,
      checkLease: () => undefined,
      clock: { nowMs: () => times.nowMs, monotonicMs: () => times.nowMs },
      newId,
    }),
  };
  return times;
};

/** Living documents of a version, by id, with what tells one revision from another. */
export const contentAt = async (
  store: ObjectStore,
  asOf?: number | string,
): Promise<Record<string, string>> => {
  const snapshot = await openSnapshot(store, INDEX_PATH, asOf === undefined ? {} : { asOf });
  const content: Record<string, string> = {};
  for await (const document of snapshot?.documents() ?? [])
    if (!document.deleted) content[document.documentId] = describe(document);
  return content;
};

/** What tells one revision of a document from another. */
export const describe = ({ revision, chunks }: DeltaDocument): string =>
  [revision.contentHash, ...chunks.map(({ text }) => text)].join('\n');

/** Living documents of a fold. */
export const contentOf = (documents: Iterable<DeltaDocument>): Record<string, string> =>
  Object.fromEntries(
    [...documents].filter(({ deleted }) => !deleted).map((one) => [one.documentId, describe(one)]),
  );
