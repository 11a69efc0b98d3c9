import { sha256Hex } from '@alluvium/contracts';
import { setImmediate as yieldToEvents } from 'node:timers/promises';
import type { Delta } from '../delta/delta.ts';
import { markedKeys, readMarks } from '../history/garbage-marks.ts';
import { ANALYZER } from '../lexical/analyzer.ts';
import { unpackOrdinals } from '../segment/dead-documents.ts';
import { chunkIdOf, SegmentContents } from '../segment/segment-contents.ts';
import { ordinalsOf, type SegmentCounts, type SegmentDescriptor } from '../segment/segment-format.ts';
import { countDocument, newTally, tallyFault } from '../segment/verify-segment.ts';
import { appliedKey, parseIndexPath } from '../snapshot/index-paths.ts';
import { jsonBytes, parseManifest, type Manifest, type ObjectPointer } from '../snapshot/manifest.ts';
import { putImmutable, readImmutable } from '../store/immutable-objects.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { corruptObject } from '../store/store-errors.ts';
import type { ReadySegment } from './adopt.ts';
import { addApplied, NOTHING_APPLIED, parseApplied, type DeltaRef } from './applied-deltas.ts';
import { mergeSegments, type MergeInput } from './merge.ts';
import type { MergeResult } from './segment-writer.ts';
import { loadDeltas, type LoadedDeltas, type RejectedDelta } from './publish-input.ts';
import { EMPTY_SET_HASH } from './set-hash.ts';
import type { StoredDocument } from './supersede.ts';

const YIELD_DOCUMENTS = 500;
const NOTHING = {
  segments: [],
  counts: { documents: 0, chunks: 0, tombstones: 0 },
  setHash: EMPTY_SET_HASH,
};

type Identity = Pick<DeltaRef, 'runId' | 'attempt' | 'part' | 'deltaId'>;

/**
 * Deltas that were merged before a publish and outside its lease: a manifest that no HEAD names, whose `applied` is the deltas it holds.
 * A publish takes its segments as they are. One that nobody takes is garbage.
 */
export interface Intermediate {
  key: string;
  /** Milliseconds since the epoch, by the clock of who made it. */
  createdAtMs: number;
  deltas: readonly Identity[];
  ready: readonly ReadySegment[];
}

/** Where an intermediate is made. */
export interface IntermediateTarget {
  store: ObjectStore;
  indexPath: string;
  nowMs: number;
  /** A ULID of its own. */
  publishId: string;
  /** How many merges deep: 1 merges deltas. */
  level: number;
  segmentBytes?: number;
}

const nameOf = ({ runId, deltaId }: Pick<DeltaRef, 'runId' | 'deltaId'>): string => `${runId}/${deltaId}`;

const readDocuments = async (
  contents: SegmentContents,
  descriptor: SegmentDescriptor,
): Promise<StoredDocument[]> => {
  const dead = new Set(unpackOrdinals(descriptor.dead?.ordinals ?? '', ordinalsOf(descriptor)));
  const documents: StoredDocument[] = [];
  for (let ordinal = 0; ordinal < contents.documents; ordinal += 1) {
    if (ordinal % YIELD_DOCUMENTS === 0) await yieldToEvents();
    if (dead.has(ordinal)) continue;
    const { record, rows } = contents.document(ordinal);
    documents.push({ ordinal, record, chunkIds: rows.map((row) => chunkIdOf(row.record)) });
  }
  return documents;
};

/**
 * Reads an intermediate whole and checks everything that the publish will rely on. Errors, of which each means that its deltas must be
 * read themselves: OBJECT_MISSING, OBJECT_CORRUPT, MANIFEST_CORRUPT, APPLIED_CORRUPT, SEGMENT_CORRUPT.
 */
export const readIntermediate = async (
  store: ObjectStore,
  { key, sha256 }: Pick<ObjectPointer, 'key' | 'sha256'>,
): Promise<Intermediate> => {
  const { index, publish } = parseManifest((await readImmutable(store, { key, sha256 })).body, key);
  const { runs } = parseApplied((await readImmutable(store, publish.applied)).body, publish.applied.key);
  const tally = newTally();
  const ready: ReadySegment[] = [];
  for (const descriptor of index.segments) {
    const contents = new SegmentContents((await readImmutable(store, descriptor)).body, index.model.dims);
    const documents = await readDocuments(contents, descriptor);
    for (const { record, chunkIds } of documents) countDocument(tally, record, { chunkIds, sign: 1 });
    ready.push({ descriptor, documents });
  }
  const fault = tallyFault(tally, publish);
  if (fault !== undefined)
    throw corruptObject('SEGMENT_CORRUPT', `The intermediate ${key}: ${fault}`, { key });
  const deltas = runs.flatMap(({ runId, attempt, parts }) =>
    parts.map(({ part, deltaId }) => ({ runId, attempt, part, deltaId })),
  );
  return { key, createdAtMs: Date.parse(publish.createdAt), deltas, ready };
};

const inputOf = ({ store, indexPath, nowMs, publishId, segmentBytes }: IntermediateTarget): MergeInput => ({
  ...{ store, indexPath, nowMs, publishId },
  dims: parseIndexPath(indexPath).dims,
  before: NOTHING,
  changes: new Map(),
  ...(segmentBytes !== undefined && { segmentBytes }),
});

const describe = async (
  { store, indexPath, nowMs, publishId, level }: IntermediateTarget,
  deltas: readonly Identity[],
  { segments, counts, setHash }: MergeResult,
): Promise<Manifest> => {
  const refs = deltas.map((delta) => ({ ...delta, key: '' }));
  const bytes = jsonBytes(addApplied(NOTHING_APPLIED, refs, nowMs));
  const key = appliedKey(indexPath, { sha256: sha256Hex(bytes), publishId });
  const applied = await putImmutable(store, key, bytes, 'application/json');
  const { modelId, dims } = parseIndexPath(indexPath);
  const createdAt = new Date(nowMs).toISOString();
  return {
    format: 'manifest.v1',
    index: { model: { id: modelId, dims }, analyzer: ANALYZER, segments },
    publish: { version: level, publishId, fence: 0, createdAt, counts, setHash, applied },
  };
};

/** Merges deltas. Those that cannot be applied are left out: the publish reads them itself and says why. Errors: those of the store. */
export const mergeDeltas = async (
  target: IntermediateTarget,
  refs: readonly DeltaRef[],
  loadDelta: (ref: DeltaRef) => Promise<Delta>,
): Promise<{ manifest: Manifest; rejected: RejectedDelta[] }> => {
  const { applied, rejected, changes } = await loadDeltas(refs, parseIndexPath(target.indexPath), loadDelta);
  const merged = await mergeSegments({ ...inputOf(target), changes });
  return { manifest: await describe(target, applied, merged), rejected };
};

/** Merges intermediates to one, which holds what all of them hold. Errors: those of the store, SEGMENT_CORRUPT. */
export const mergeIntermediates = async (
  target: IntermediateTarget,
  inputs: readonly Intermediate[],
): Promise<Manifest> => {
  const ready = inputs.flatMap((input) => input.ready);
  const deltas = new Map(inputs.flatMap((input) => input.deltas.map((delta) => [nameOf(delta), delta])));
  const merged = await mergeSegments({ ...inputOf(target), ready, mergesAll: true });
  return describe(target, [...deltas.values()], merged);
};

/** An intermediate as it is stored. */
export const encodeIntermediate = (manifest: Manifest): Uint8Array => jsonBytes(manifest);

/** What an intermediate says that it holds. Errors: MANIFEST_CORRUPT, FORMAT_UNSUPPORTED. */
export const intermediateCounts = (bytes: Uint8Array, key: string): SegmentCounts =>
  parseManifest(bytes, key).publish.counts;

// Under the claim: what garbage collection or an erasure has marked by now may go before the commit.
const unmarked = async (
  store: ObjectStore,
  indexPath: string,
  intermediates: readonly Intermediate[],
): Promise<readonly Intermediate[]> => {
  if (intermediates.length === 0) return [];
  const marked = markedKeys(await readMarks(store, indexPath));
  return intermediates.filter(({ ready }) => !ready.some(({ descriptor }) => marked.has(descriptor.key)));
};

/**
 * Loads chosen deltas, those that intermediates hold by way of them. An intermediate with any delta that is not chosen is left alone: it
 * may hold what a rollback took out.
 */
export const loadChosen = async (
  options: {
    store: ObjectStore;
    indexPath: string;
    loadDelta: (ref: DeltaRef) => Promise<Delta>;
    intermediates?: (fresh: readonly DeltaRef[]) => Promise<readonly Intermediate[]>;
  },
  fresh: readonly DeltaRef[],
): Promise<LoadedDeltas> => {
  const { store, indexPath, loadDelta, intermediates } = options;
  const open = new Map(fresh.map((ref) => [nameOf(ref), ref]));
  const ready: ReadySegment[] = [];
  const covered: DeltaRef[] = [];
  for (const intermediate of await unmarked(store, indexPath, (await intermediates?.(fresh)) ?? [])) {
    const refs = intermediate.deltas.map((delta) => open.get(nameOf(delta)));
    if (!refs.every((ref) => ref !== undefined)) continue;
    for (const ref of refs) open.delete(nameOf(ref));
    covered.push(...refs);
    ready.push(...intermediate.ready);
  }
  const loaded = await loadDeltas([...open.values()], parseIndexPath(indexPath), loadDelta);
  return { ...loaded, applied: [...loaded.applied, ...covered], ready };
};
