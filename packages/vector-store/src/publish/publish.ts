import { PipelineError, sha256Hex } from '@alluvium/contracts';
import { ANALYZER } from '../lexical/analyzer.ts';
import { addApplied, type DeltaRef } from './applied-deltas.ts';
import type { Clock } from '../clock.ts';
import type { Delta } from '../delta/delta.ts';
import {
  assertNotFenced,
  readHead,
  rememberPublish,
  writeHead,
  type CurrentHead,
  type HeadWrite,
} from '../snapshot/head-object.ts';
import { putImmutable, readImmutable } from '../store/immutable-objects.ts';
import { appliedKey, manifestKey, parseIndexPath } from '../snapshot/index-paths.ts';
import {
  inlineIndex,
  jsonBytes,
  type Head,
  type Manifest,
  type ObjectPointer,
  type SnapshotIndex,
  type VersionChange,
} from '../snapshot/manifest.ts';
import { nextLog } from '../history/version-log.ts';
import { loadChosen, type Intermediate } from './intermediate.ts';
import { mergeSegments } from './merge.ts';
import type { MergeResult } from './segment-writer.ts';
import type { ObjectStore } from '../store/object-store.ts';
import {
  lazyAppliedSet,
  readOldSnapshot,
  sortChosen,
  type AppliedSet,
  type LoadedDeltas,
  type OldSnapshot,
  type RejectedDelta,
} from './publish-input.ts';
import { addCounts, liveCounts } from '../segment/segment-format.ts';
import { EMPTY_SET_HASH, SetHash } from './set-hash.ts';
import { corruptObject } from '../store/store-errors.ts';
import { newTally, tallyFault, tallySegment } from '../segment/verify-segment.ts';

const ATTEMPTS = 5;

export interface PublishOptions {
  store: ObjectStore;
  /** `indexes/<collection>/model=<id>@<12 hex>/dims=<n>/`; deltas of another model, dims or collection are rejected. */
  indexPath: string;
  /** Of the lease that the caller holds. */
  fence: number;
  /** Which deltas to take, bounded by count and bytes; called again after a conflict. `head` is undefined before the first publish. */
  choose: (head: Head | undefined, applied: AppliedSet) => Promise<readonly DeltaRef[]>;
  /** Errors of kind corrupt or invalid reject the delta; others end the publish. */
  loadDelta: (ref: DeltaRef) => Promise<Delta>;
  /** Merges of deltas that were made before. One whose deltas are all among the chosen ones is taken in their place. */
  intermediates?: (fresh: readonly DeltaRef[]) => Promise<readonly Intermediate[]>;
  /** Throws when the publish must not go on: the lease is lost, or an operator aborts. Called before the commit. */
  checkLease: () => void | Promise<void>;
  clock: Clock;
  /** A new ULID on every call. */
  newId: () => string;
  /** Size at which a segment is closed. Default 150 MB. */
  segmentBytes?: number;
}

/**
 * `committed`: one new version holds all of `applied`. `nothing`: HEAD stays at its version. In both, `alreadyApplied` are chosen
 * deltas that an earlier version holds, and `rejected` those that never can be.
 */
export type PublishResult =
  | {
      kind: 'committed';
      head: Head;
      applied: DeltaRef[];
      rejected: RejectedDelta[];
      alreadyApplied: DeltaRef[];
    }
  | { kind: 'nothing'; rejected: RejectedDelta[]; alreadyApplied: DeltaRef[] };

/** What every writer of an index brings along, whatever he changes. */
export type Publisher = Pick<
  PublishOptions,
  'store' | 'indexPath' | 'fence' | 'checkLease' | 'clock' | 'newId' | 'segmentBytes'
>;

/** A version in the making, over a claimed HEAD. */
export interface Draft {
  options: Publisher;
  claimed: CurrentHead;
  old: OldSnapshot;
  loaded: LoadedDeltas;
  change?: VersionChange;
  publishId: string;
  createdAtMs: number;
}

const EMPTY_COUNTS = { documents: 0, chunks: 0, tombstones: 0 };

// P1: the same snapshot under our fence. From here on no older owner can commit.
/** Claims HEAD; undefined when it has moved. Errors: FENCED, STORE_UNAVAILABLE. */
export const claim = async (
  { store, indexPath, fence, clock, newId }: Publisher,
  before: CurrentHead | undefined,
): Promise<CurrentHead | undefined> => {
  const publishId = newId();
  const head: Head = {
    format: 'head.v1',
    version: 0,
    counts: EMPTY_COUNTS,
    setHash: EMPTY_SET_HASH,
    createdAt: new Date(clock.nowMs()).toISOString(),
    ...before?.head,
    fence,
    publishId,
    ...(before && { parentPublishId: before.head.publishId }),
    recentPublishIds: rememberPublish(before?.head, publishId),
  };
  const written = await writeHead(store, indexPath, { next: head, expected: before });
  return written.kind === 'landed' ? { head, etag: written.etag } : undefined;
};

// P3, P4
const merge = ({ options, old, loaded, claimed, createdAtMs, publishId }: Draft): Promise<MergeResult> =>
  mergeSegments({
    store: options.store,
    indexPath: options.indexPath,
    dims: parseIndexPath(options.indexPath).dims,
    nowMs: createdAtMs,
    before: {
      segments: old.manifest?.index.segments ?? [],
      counts: claimed.head.counts,
      setHash: claimed.head.setHash,
    },
    changes: loaded.changes,
    ...(options.segmentBytes !== undefined && { segmentBytes: options.segmentBytes }),
    publishId,
    ...(loaded.ready !== undefined && { ready: loaded.ready }),
  });

// P5
/** Writes the books of a version. */
export const writeManifest = async (
  draft: Draft,
  merged: MergeResult,
): Promise<{ manifest: ObjectPointer; index: SnapshotIndex }> => {
  const { options, claimed, change, publishId, createdAtMs } = draft;
  const { store, indexPath, fence } = options;
  const applied = jsonBytes(addApplied(draft.old.applied, draft.loaded.applied, createdAtMs));
  const pointer = await putImmutable(
    store,
    appliedKey(indexPath, { sha256: sha256Hex(applied), publishId }),
    applied,
    'application/json',
  );
  const { modelId, dims } = parseIndexPath(indexPath);
  const version = claimed.head.version + 1;
  const manifest: Manifest = {
    format: 'manifest.v1',
    index: { model: { id: modelId, dims }, analyzer: ANALYZER, segments: merged.segments },
    publish: {
      version,
      publishId,
      fence,
      createdAt: new Date(createdAtMs).toISOString(),
      counts: merged.counts,
      setHash: merged.setHash,
      applied: pointer,
      history: await nextLog({ store, indexPath, publishId }, draft.old.manifest, claimed.head),
      ...(change !== undefined && { change }),
    },
  };
  const key = manifestKey(indexPath, version, publishId);
  const written = await putImmutable(store, key, jsonBytes(manifest), 'application/json');
  return { manifest: written, index: manifest.index };
};

// What the books say must be what is stored: this is what finds lost embeddings before a reader does. Segments that stay were verified
// when they were new; their counts are in the equation.
/** Error: PUBLISH_MISMATCH. */
export const verify = async (
  { store, indexPath }: Publisher,
  merged: MergeResult,
  manifest: ObjectPointer,
): Promise<void> => {
  const { dims } = parseIndexPath(indexPath);
  const tally = newTally();
  for (const descriptor of merged.written.segments) await tallySegment(store, { descriptor, dims }, tally);
  await readImmutable(store, manifest);
  const living = merged.segments
    .map(liveCounts)
    .reduce((sum, counts) => addCounts(sum, counts), EMPTY_COUNTS);
  const fault =
    tallyFault(tally, merged.written) ??
    tallyFault({ counts: living, setHash: new SetHash(merged.setHash) }, merged);
  if (fault !== undefined)
    throw corruptObject('PUBLISH_MISMATCH', `The merged snapshot of ${indexPath} is refused: ${fault}`, {
      indexPath,
      counted: living,
      expected: merged.counts,
    });
};

// P7, P8
/** Moves HEAD to the new version. Errors: FENCED, STORE_UNAVAILABLE. */
export const commit = async (
  draft: Draft,
  merged: MergeResult,
  { manifest, index }: { manifest: ObjectPointer; index: SnapshotIndex },
): Promise<{ head: Head; written: HeadWrite }> => {
  const { options, claimed, publishId, createdAtMs } = draft;
  const head: Head = {
    format: 'head.v1',
    version: claimed.head.version + 1,
    fence: options.fence,
    publishId,
    parentPublishId: claimed.head.publishId,
    manifestKey: manifest.key,
    manifestSha256: manifest.sha256,
    counts: merged.counts,
    setHash: merged.setHash,
    recentPublishIds: rememberPublish(claimed.head, publishId),
    createdAt: new Date(createdAtMs).toISOString(),
    ...inlineIndex(index),
  };
  const written = await writeHead(options.store, options.indexPath, { next: head, expected: claimed });
  return { head, written };
};

const attempt = async (options: PublishOptions): Promise<PublishResult | 'conflict'> => {
  const { store, indexPath, fence, choose, clock, newId } = options;
  const before = await readHead(store, indexPath);
  assertNotFenced(indexPath, before?.head, fence);
  let reading: Promise<OldSnapshot> | undefined;
  const readOld = (): Promise<OldSnapshot> => (reading ??= readOldSnapshot(store, before?.head));
  const applied = lazyAppliedSet(readOld);
  // Choosing before the claim keeps an idle publish at one read; the claim's If-Match proves the choice is still right.
  const chosen = await sortChosen(await choose(before?.head, applied), applied);
  const nothing = { kind: 'nothing' as const, alreadyApplied: chosen.alreadyApplied };
  if (chosen.fresh.length === 0) return { ...nothing, rejected: chosen.rejected };
  const claimed = await claim(options, before);
  if (!claimed) return 'conflict';
  const loaded = await loadChosen(options, chosen.fresh);
  const rejected = [...chosen.rejected, ...loaded.rejected];
  if (loaded.applied.length === 0) return { ...nothing, rejected };
  const old = await readOld();
  const draft = { options, claimed, old, loaded, publishId: newId(), createdAtMs: clock.nowMs() };
  const merged = await merge(draft);
  const described = await writeManifest(draft, merged);
  await verify(options, merged, described.manifest);
  await options.checkLease();
  const { head, written } = await commit(draft, merged, described);
  if (written.kind === 'conflict') return 'conflict';
  return {
    kind: 'committed',
    head,
    applied: loaded.applied,
    rejected,
    alreadyApplied: chosen.alreadyApplied,
  };
};

/**
 * Publishes one new version by one conditional write (docs: the publish protocol, P0 to P8). Exactly one of several publishers
 * wins a version; the others find out and start over from the new HEAD, where deltas already applied are left out.
 * Errors: FENCED (a newer owner exists), LEASE_LOST, PUBLISH_CONFLICT (five conflicts in a row), PUBLISH_MISMATCH and others of kind
 * corrupt (nothing was published), STORE_UNAVAILABLE (run it again: an outcome that stayed open is found then).
 */
export const publish = async (options: PublishOptions): Promise<PublishResult> => {
  parseIndexPath(options.indexPath);
  for (let count = 0; count < ATTEMPTS; count += 1) {
    const result = await attempt(options);
    if (result !== 'conflict') return result;
  }
  throw new PipelineError(`${options.indexPath} was written by others in ${ATTEMPTS} attempts`, {
    code: 'PUBLISH_CONFLICT',
    kind: 'conflict',
    details: { indexPath: options.indexPath, fence: options.fence },
  });
};
