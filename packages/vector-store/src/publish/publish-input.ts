import { hasCode, isPipelineError } from '@alluvium/contracts';
import {
  appliedLookup,
  NOTHING_APPLIED,
  parseApplied,
  type AppliedDeltas,
  type AppliedState,
  type DeltaRef,
} from './applied-deltas.ts';
import type { ReadySegment } from './adopt.ts';
import type { Delta, DeltaDocument } from '../delta/delta.ts';
import { foldDocuments } from '../delta/fold.ts';
import { readImmutable } from '../store/immutable-objects.ts';
import type { IndexIdentity } from '../snapshot/index-paths.ts';
import { assertVector } from '../delta/int8-rows.ts';
import { parseManifest, type Head, type Manifest } from '../snapshot/manifest.ts';
import type { ObjectStore } from '../store/object-store.ts';

/** A delta that can never be applied, and why. */
export interface RejectedDelta {
  ref: DeltaRef;
  /** Stable code: EXPIRED_RUN, REVERTED, MODEL_MISMATCH, DIMENSION_MISMATCH, DELTA_MISMATCH, or the code of the decoder's error. */
  reason: string;
  message: string;
}

/** The deltas of the current snapshot; read from the store when first asked. */
export interface AppliedSet {
  stateOf(ref: Pick<DeltaRef, 'runId' | 'deltaId'>): Promise<AppliedState>;
}

/** The state that a publish starts from. */
export interface OldSnapshot {
  manifest: Manifest | undefined;
  applied: AppliedDeltas;
}

/** Reads what HEAD names. Errors: OBJECT_MISSING, OBJECT_CORRUPT, APPLIED_CORRUPT. */
export const readOldSnapshot = async (store: ObjectStore, head: Head | undefined): Promise<OldSnapshot> => {
  if (!head?.manifestKey || !head.manifestSha256) return { manifest: undefined, applied: NOTHING_APPLIED };
  const object = await readImmutable(store, { key: head.manifestKey, sha256: head.manifestSha256 });
  const manifest = parseManifest(object.body, head.manifestKey);
  const pointer = manifest.publish.applied;
  return { manifest, applied: parseApplied((await readImmutable(store, pointer)).body, pointer.key) };
};

/** An {@link AppliedSet} that costs nothing until it is used. */
export const lazyAppliedSet = (load: () => Promise<OldSnapshot>): AppliedSet => {
  let lookup: Promise<ReturnType<typeof appliedLookup>> | undefined;
  return {
    stateOf: async (ref) => {
      lookup ??= load().then(({ applied }) => appliedLookup(applied));
      return (await lookup)(ref);
    },
  };
};

const mismatch = (ref: DeltaRef, delta: Delta, index: IndexIdentity): [string, string] | undefined => {
  if (delta.deltaId !== ref.deltaId || delta.collection !== index.collection)
    return ['DELTA_MISMATCH', `it is delta ${delta.deltaId} of collection ${delta.collection}`];
  if (delta.model.id !== index.modelId)
    return ['MODEL_MISMATCH', `its vectors come from ${delta.model.id}, the index holds ${index.modelId}`];
  if (delta.model.dims !== index.dims)
    return ['DIMENSION_MISMATCH', `its vectors have ${delta.model.dims} dimensions, not ${index.dims}`];
  return undefined;
};

// Here a bad vector costs its delta; later, in the merge, it would cost the publish.
const assertVectors = ({ documents, model }: Delta): void => {
  for (const { chunks } of documents) for (const { vector } of chunks) assertVector(vector, model.dims);
};

/** What the chosen deltas come to. */
export interface LoadedDeltas {
  applied: DeltaRef[];
  rejected: RejectedDelta[];
  changes: Map<string, DeltaDocument>;
  /** Segments that hold those of `applied` which `changes` does not. */
  ready?: ReadySegment[];
}

/**
 * Loads deltas one after the other and folds them. A delta that is broken or does not belong here is rejected and the
 * others go on; a store that does not answer stops the publish.
 */
export const loadDeltas = async (
  refs: readonly DeltaRef[],
  index: IndexIdentity,
  loadDelta: (ref: DeltaRef) => Promise<Delta>,
): Promise<LoadedDeltas> => {
  const loaded: LoadedDeltas = { applied: [], rejected: [], changes: new Map() };
  for (const ref of refs) {
    try {
      const delta = await loadDelta(ref);
      const fault = mismatch(ref, delta, index);
      if (fault) {
        loaded.rejected.push({ ref, reason: fault[0], message: fault[1] });
        continue;
      }
      assertVectors(delta);
      foldDocuments(delta.documents, loaded.changes);
      loaded.applied.push(ref);
    } catch (error) {
      // Denied is a fault of the set-up, not of the delta.
      if (!isPipelineError(error) || !['corrupt', 'invalid'].includes(error.kind)) throw error;
      if (hasCode(error, 'STORE_DENIED')) throw error;
      loaded.rejected.push({ ref, reason: error.code, message: error.message });
    }
  }
  return loaded;
};

const refusalOf = (
  { runId, deltaId }: DeltaRef,
  state: 'expired' | 'reverted',
): Pick<RejectedDelta, 'reason' | 'message'> =>
  state === 'expired'
    ? { reason: 'EXPIRED_RUN', message: `run ${runId} lies past the horizon of 35 days` }
    : { reason: 'REVERTED', message: `a rollback took delta ${deltaId} out; unrevert lets it in again` };

/** Chosen deltas by what the snapshot knows of them; each delta once. */
export const sortChosen = async (
  chosen: readonly DeltaRef[],
  applied: AppliedSet,
): Promise<{ fresh: DeltaRef[]; alreadyApplied: DeltaRef[]; rejected: RejectedDelta[] }> => {
  const sorted = {
    fresh: [] as DeltaRef[],
    alreadyApplied: [] as DeltaRef[],
    rejected: [] as RejectedDelta[],
  };
  const unique = new Map(chosen.map((ref) => [JSON.stringify([ref.runId, ref.deltaId]), ref]));
  for (const ref of unique.values()) {
    const state = await applied.stateOf(ref);
    if (state === 'new') sorted.fresh.push(ref);
    else if (state === 'applied') sorted.alreadyApplied.push(ref);
    else
      sorted.rejected.push({
        ref,
        ...refusalOf(ref, state),
      });
  }
  return sorted;
};
