import type { IndexV1 } from '@alluvium/contracts';
import { mapLimit } from '@alluvium/lambda-kit';
import {
  decodeDelta,
  findDocuments,
  openSnapshot,
  readObject,
  residentCache,
  unappliedDeltas,
  compareRevisions,
  type KnownDocument,
  type Snapshot,
} from '@alluvium/vector-store';
import { placeOfKey, type DeltaPlace } from './domain/delta-identity.ts';
import type { DeletionDeps } from './ports.ts';

const DAY_MS = 86_400_000;
/** So long a delta may wait for its publish; an older one was rejected. */
const WAITING_MS = 7 * DAY_MS;
const READS_AT_ONCE = 4;
const CACHE_BYTES = 64_000_000;

type Waiting = DeltaPlace & { key: string };

// What this service wrote and no snapshot has: a document may have been ingested a moment ago.
const waitingDeltas = async (
  { store, runtime }: DeletionDeps,
  collection: string,
  snapshot: Snapshot | undefined,
): Promise<Waiting[]> => {
  const oldestMs = runtime.origin.nowMs() - WAITING_MS;
  const young: Waiting[] = [];
  for await (const { key, lastModified } of store.list(`embeddings/${collection}/`)) {
    const place = placeOfKey(key);
    if (place !== undefined && lastModified.getTime() >= oldestMs) young.push({ ...place, key });
  }
  return unappliedDeltas(store, snapshot, young);
};

const documentsOf = async (
  { store }: DeletionDeps,
  { key }: Waiting,
  { modelId }: IndexV1,
): Promise<KnownDocument[]> => {
  const object = await readObject(store, key);
  if (object === undefined) return [];
  const { model, documents } = decodeDelta(object.body);
  return model.id === modelId ? documents : [];
};

/** The newest state of documents of an index, settled or not; those that it never had are left out. */
export const knownDocuments = async (
  deps: DeletionDeps,
  { collection, index }: { collection: string; index: IndexV1 },
  documentIds: readonly string[],
): Promise<KnownDocument[]> => {
  const cache = residentCache({ memoryBytes: CACHE_BYTES });
  const snapshot = await openSnapshot(deps.store, index.path, { cache });
  const known: Map<string, KnownDocument> =
    snapshot === undefined ? new Map<string, KnownDocument>() : await findDocuments(snapshot, documentIds);
  const wanted = new Set(documentIds);
  const waiting = await waitingDeltas(deps, collection, snapshot);
  await mapLimit(waiting, READS_AT_ONCE, async (delta) => {
    for (const document of await documentsOf(deps, delta, index)) {
      if (!wanted.has(document.documentId)) continue;
      const before = known.get(document.documentId);
      if (before === undefined || compareRevisions(before.revision, document.revision) < 0)
        known.set(document.documentId, document);
    }
  });
  return [...known.values()];
};
