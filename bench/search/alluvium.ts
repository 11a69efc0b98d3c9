import { randomUUID } from 'node:crypto';
import { PipelineError } from '@alluvium/contracts';
import {
  openSnapshot,
  publish,
  residentCache,
  systemClock,
  type Delta,
  type DeltaDocument,
  type DeltaRef,
  type ObjectStore,
  type SearchHit,
  type SearchResult,
  type Snapshot,
} from '@alluvium/vector-store';
import type { DataSet } from './data.ts';
import type { Explained, SearchPoint } from './support/measure.ts';

export const MODEL = 'bench@000000000000';
export const COLLECTION = 'bench';
export const RUN = 'bench-run';
const DELTA_ROWS = 5000;
/** Rows of one publish: each publish holds its rows in memory. */
const PUBLISH_ROWS = 200_000;
/** Room for all planes of a million rows. */
const CACHE_BYTES = 2e9;
/** Passages of one document. */
const DOCUMENT_ROWS = 4;
const RECALLS = [0.95, 0.99, 'exact'] as const;

export const indexPathOf = (dims: number): string =>
  `indexes/${COLLECTION}/model=${MODEL}/dims=${String(dims)}/`;

const documentOf = (set: DataSet, rows: Float32Array, first: number, base: number): DeltaDocument => {
  const entityId = String(first / DOCUMENT_ROWS);
  const count = Math.min(DOCUMENT_ROWS, base + rows.length / set.dims - first);
  return {
    documentId: `bench/passage#${entityId}`,
    entity: 'passage',
    entityId,
    source: 'bench',
    title: `Document ${entityId}`,
    attributes: {},
    revision: { fence: 1, sequence: 1, contentHash: '00' },
    deleted: false,
    chunks: Array.from({ length: count }, (_, ordinal) => {
      const row = first + ordinal;
      const text = set.textOf(row);
      const vector = rows.subarray((row - base) * set.dims, (row - base + 1) * set.dims);
      return { chunkId: String(row), ordinal, text, start: 0, end: text.length, vector };
    }),
  };
};

const deltaOf = (set: DataSet, { deltaId, part }: DeltaRef): Delta => {
  const first = part * DELTA_ROWS;
  const rows = set.rowsBetween(first, Math.min(set.count, first + DELTA_ROWS));
  const documents: DeltaDocument[] = [];
  for (let row = first; row < first + rows.length / set.dims; row += DOCUMENT_ROWS)
    documents.push(documentOf(set, rows, row, first));
  const model = { id: MODEL, dims: set.dims };
  return { deltaId, collection: COLLECTION, runId: RUN, attempt: 1, part, model, documents };
};

/** What a build took; making the rows up is no part of it. */
export interface BuildTimes {
  buildMs: number;
}

const deltaRefs = (count: number): DeltaRef[] =>
  Array.from({ length: Math.ceil(count / DELTA_ROWS) }, (_, part) => {
    const deltaId = `delta-${String(part)}`;
    return { deltaId, runId: RUN, attempt: 1, part, key: deltaId };
  });

/** Publishes all rows of a set, as many versions as a compactor with this much memory would. */
export const buildIndex = async (set: DataSet, store: ObjectStore): Promise<BuildTimes> => {
  const refs = deltaRefs(set.count);
  let loadMs = 0;
  const loadDelta = (ref: DeltaRef): Promise<Delta> => {
    const loadStartedMs = performance.now();
    const delta = deltaOf(set, ref);
    loadMs += performance.now() - loadStartedMs;
    return Promise.resolve(delta);
  };
  const startedMs = performance.now();
  for (let first = 0; first < refs.length; first += PUBLISH_ROWS / DELTA_ROWS) {
    const chosen = refs.slice(first, first + PUBLISH_ROWS / DELTA_ROWS);
    const result = await publish({
      store,
      indexPath: indexPathOf(set.dims),
      fence: 1,
      choose: () => Promise.resolve(chosen),
      loadDelta,
      checkLease: () => undefined,
      clock: systemClock,
      newId: randomUUID,
    });
    if (result.kind === 'nothing' || result.rejected.length > 0)
      throw new Error(`error: ${result.rejected[0]?.message ?? 'nothing was published'}`);
  }
  return { buildMs: performance.now() - startedMs - loadMs };
};

/** Opens the index of a set. Error: OBJECT_MISSING. */
export const openIndex = async (
  store: ObjectStore,
  dims: number,
  memoryBytes?: number,
): Promise<Snapshot> => {
  const options = memoryBytes === undefined ? {} : { cache: residentCache({ memoryBytes }) };
  const snapshot = await openSnapshot(store, indexPathOf(dims), options);
  if (snapshot) return snapshot;
  throw new PipelineError('The index is not built', { code: 'OBJECT_MISSING', kind: 'invalid' });
};

const idsOf = (hits: readonly SearchHit[]): number[] => hits.map(({ chunkId }) => Number(chunkId));

const explain = ({ plan, timings }: SearchResult): Explained => ({
  plan: [...new Set(plan?.segments.map(({ way }) => way))].join('+'),
  scanMs: timings.denseMs,
});

/** Searches of an open snapshot with all planes in memory, from the least recall to exact. */
export const warmPoints = async (set: DataSet, store: ObjectStore): Promise<SearchPoint[]> => {
  const snapshot = await openIndex(store, set.dims, CACHE_BYTES);
  await snapshot.warm();
  return RECALLS.map((recall) => {
    let explained = { plan: '', scanMs: Number.NaN };
    return {
      settings: `recall ${String(recall)}`,
      explain: () => explained,
      search: async (vector, k) => {
        const result = await snapshot.search({ vector, k, mode: 'dense', recall });
        explained = explain(result);
        return idsOf(result.hits);
      },
    };
  });
};

/** A question to a store that nothing is known of yet. */
export interface ColdQuestion {
  vector: Float32Array;
  /** Makes it hybrid. */
  text?: string;
  k: number;
}

/** The whole task: HEAD, manifest, search, passages. */
export const coldAnswer = async (
  store: ObjectStore,
  { vector, text, k }: ColdQuestion,
): Promise<{ ids: number[]; texts: string[] }> => {
  const snapshot = await openIndex(store, vector.length);
  const mode = text === undefined ? 'dense' : 'hybrid';
  const { hits } = await snapshot.search({
    vector,
    k,
    mode,
    recall: 0.95,
    ...(text !== undefined && { text }),
  });
  return { ids: idsOf(hits), texts: hits.map((hit) => hit.text) };
};
