import {
  openSnapshot,
  readObject,
  verifySnapshot,
  type Delta,
  type Head,
  type Manifest,
  type ObjectStore,
  type Snapshot,
} from '@alluvium/vector-store';
import { contentKeyOf, type Facts, type HistoryChange, type IndexFacts } from './facts.ts';
import type { Committed } from './invariants/contents.ts';
import { contentOf } from './reference-model.ts';

/** More than there ever is. */
const EVERYTHING = 1_000;
/** HISTORY_HORIZON_MS of the engine, less what clocks may differ. */
const HORIZON_MS = (35 * 24 - 1) * 3_600_000;

interface AppliedRun {
  runId: string;
  parts: { deltaId: string }[];
}

const readJson = async (store: ObjectStore, key: string): Promise<unknown> => {
  const object = await readObject(store, key);
  return object === undefined ? {} : JSON.parse(Buffer.from(object.body).toString('utf8'));
};

const listedKeys = async (store: ObjectStore, head: Head): Promise<string[]> => {
  const manifest = (await readJson(store, head.manifestKey ?? '')) as Manifest;
  const { runs } = (await readJson(store, manifest.publish.applied.key)) as { runs: AppliedRun[] };
  return runs.flatMap(({ runId, parts }) => parts.map(({ deltaId }) => contentKeyOf({ runId, deltaId })));
};

const cosines = async (snapshot: Snapshot, vectors: Map<string, Float32Array>, chunkIds: string[]) => {
  const found: number[] = [];
  for (const chunkId of chunkIds) {
    const vector = vectors.get(chunkId);
    if (vector === undefined) continue;
    const { hits } = await snapshot.search({ vector, k: EVERYTHING, mode: 'dense' });
    const own = hits.find((hit) => hit.chunkId === chunkId)?.scores.dense;
    if (own !== undefined) found.push(own);
  }
  return found;
};

const chunksOf = (deltas: readonly Delta[]) =>
  deltas.flatMap(({ documents }) =>
    documents.flatMap(({ documentId, chunks }) => chunks.map((chunk) => ({ documentId, ...chunk }))),
  );

interface Basis {
  /** Deltas that the version must hold, with the time when they were applied. */
  before: ReadonlyMap<string, number>;
  /** Those that it must not hold. */
  refused: ReadonlySet<string>;
  past?: Committed['past'];
}

/** What a version has to build upon: the one before it, or the one that a rollback goes back to. */
export const basisOf = (index: IndexFacts, change: HistoryChange | undefined): Basis => {
  const { applied, reverted, versions } = index;
  if (change === undefined) return { before: applied, refused: reverted };
  if (change.kind === 'unrevert') return { before: applied, refused: new Set() };
  const target = versions.get(change.to);
  const before = target?.applied ?? new Map<string, number>();
  const refused = new Set([...reverted, ...applied.keys()].filter((key) => !before.has(key)));
  return { before, refused, past: { version: change.to, chunkIds: target?.chunkIds ?? [] } };
};

/** Reads the version that HEAD names, without any of the faults, and what it should be. */
export const readCommitted = async (
  store: ObjectStore,
  facts: Facts,
  { indexPath, head, basis }: { indexPath: string; head: Head; basis: Basis },
  nowMs: number,
): Promise<Committed> => {
  const { before, refused, past } = basis;
  const listed = await listedKeys(store, head);
  const deltas = [...new Set([...before.keys(), ...listed])].flatMap(
    (key) => facts.byContentKey.get(key)?.delta ?? [],
  );
  const expected = contentOf(deltas);
  const snapshot = (await openSnapshot(store, indexPath)) as Snapshot;
  const chunkIds = (await snapshot.listChunkIds()).sort();
  const chunks = chunksOf(deltas);
  const vectors = new Map(chunks.map(({ chunkId, vector }) => [chunkId, vector]));
  const standing = new Set(expected.liveDocumentIds);
  const deleted = chunks.filter(({ documentId }) => !standing.has(documentId));
  return {
    head,
    listed,
    before: [...before.keys()],
    refused,
    ...(past && { past }),
    forgettable: new Set([...before].filter(([, atMs]) => atMs < nowMs - HORIZON_MS).map(([key]) => key)),
    poisoned: facts.poisoned,
    expected,
    chunkIds,
    deletedChunkIds: new Set(deleted.map(({ chunkId }) => chunkId)),
    verification: (await verifySnapshot(store, indexPath)) ?? {
      problems: [],
      counts: head.counts,
      setHash: '',
    },
    ownCosines: await cosines(snapshot, vectors, chunkIds),
  };
};
