import {
  encodeDelta,
  openTailDelta,
  readObject,
  searchWithTail,
  systemClock,
  unappliedDeltas,
  type ObjectStore,
  type SearchHit,
  type Snapshot,
} from '@alluvium/vector-store';
import type { DataSet } from './data.ts';
import { COLLECTION, indexPathOf, MODEL, RUN, type ColdQuestion } from './alluvium.ts';

/** The backlog of the system that this design descends from: 465 batches, 26,501 vectors. */
export const PENDING_DELTAS = 465;
const PENDING_ROWS = 57;
/** As many as a query searches; the others are reported as omitted. */
export const SEARCHED_DELTAS = 64;

interface PendingRef {
  deltaId: string;
  runId: string;
  key: string;
}

const refs = Array.from({ length: PENDING_DELTAS }, (_, part): PendingRef => {
  const deltaId = `pending-${String(part)}`;
  return { deltaId, runId: RUN, key: `pending/${deltaId}.delta` };
});

/** Writes the deltas that wait to be settled: rows of the set again, as documents of their own. */
export const writePendingDeltas = async (set: DataSet, store: ObjectStore): Promise<void> => {
  for (const [part, { deltaId, key }] of refs.entries()) {
    const first = (part * PENDING_ROWS) % (set.count - PENDING_ROWS);
    const rows = set.rowsBetween(first, first + PENDING_ROWS);
    const chunks = Array.from({ length: PENDING_ROWS }, (_, ordinal) => {
      const text = set.textOf(first + ordinal);
      const vector = rows.subarray(ordinal * set.dims, (ordinal + 1) * set.dims);
      return { chunkId: `${deltaId}:${String(ordinal)}`, ordinal, text, start: 0, end: text.length, vector };
    });
    const document = {
      documentId: `bench/passage#${deltaId}`,
      entity: 'passage',
      entityId: deltaId,
      source: 'bench',
      title: deltaId,
      attributes: {},
      revision: { fence: 1, sequence: 1, contentHash: '00' },
      deleted: false,
      chunks,
    };
    const model = { id: MODEL, dims: set.dims };
    const delta = {
      deltaId,
      collection: COLLECTION,
      runId: RUN,
      attempt: 1,
      part,
      model,
      documents: [document],
    };
    await store.put(key, encodeDelta(delta));
  }
};

/** Searches a snapshot and the newest of the deltas beside it; what waits is known already, as a function knows it from its table. */
export const searchPending = async (
  store: ObjectStore,
  snapshot: Snapshot,
  { vector, k }: ColdQuestion,
): Promise<SearchHit[]> => {
  const indexPath = indexPathOf(vector.length);
  const waiting = await unappliedDeltas(store, snapshot, refs);
  const deltas = await Promise.all(
    waiting.slice(-SEARCHED_DELTAS).map(async ({ key, deltaId }) => {
      const object = await readObject(store, key);
      if (!object) throw new Error(`error: ${key} is gone`);
      return openTailDelta(object.body, { key, deltaId, indexPath });
    }),
  );
  const target = { snapshot, deltas, dims: vector.length, clock: systemClock };
  return (await searchWithTail(target, { vector, k, mode: 'dense', recall: 0.95 })).hits;
};
