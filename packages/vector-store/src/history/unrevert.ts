import { addApplied, appliedLookup, type AppliedRun, type DeltaRef } from '../publish/applied-deltas.ts';
import { mergeSegments } from '../publish/merge.ts';
import { loadDeltas, type RejectedDelta } from '../publish/publish-input.ts';
import type { Publisher, PublishOptions } from '../publish/publish.ts';
import { parseIndexPath } from '../snapshot/index-paths.ts';
import type { Head } from '../snapshot/manifest.ts';
import { versionUnknown } from './history-errors.ts';
import { republish, type Claimed, type Planned } from './republish.ts';

export interface UnrevertOptions extends Publisher, Pick<PublishOptions, 'loadDelta'> {
  /** Where the deltas of a run lie; those that it leaves out stay reverted. */
  locate: (reverted: readonly AppliedRun[]) => Promise<readonly DeltaRef[]>;
}

/** What came back. `isCommitted` is false when nothing did. */
export interface Unrevert {
  isCommitted: boolean;
  head: Head;
  applied: DeltaRef[];
  /** Deltas that cannot be read any more; they stay reverted. */
  rejected: RejectedDelta[];
}

const plan = async (
  options: UnrevertOptions,
  { claimed, old, publishId, nowMs }: Claimed,
): Promise<Pick<Unrevert, 'applied' | 'rejected'> & { planned?: Planned }> => {
  const { store, indexPath, segmentBytes } = options;
  const stateOf = appliedLookup(old.applied);
  const located = await options.locate(old.applied.reverted ?? []);
  const refs = located.filter((ref) => stateOf(ref) === 'reverted');
  const loaded = await loadDeltas(refs, parseIndexPath(indexPath), options.loadDelta);
  const { applied, rejected } = loaded;
  if (applied.length === 0) return { applied, rejected };
  const merged = await mergeSegments({
    store,
    indexPath,
    dims: parseIndexPath(indexPath).dims,
    nowMs,
    before: {
      segments: old.manifest?.index.segments ?? [],
      counts: claimed.head.counts,
      setHash: claimed.head.setHash,
    },
    changes: loaded.changes,
    publishId,
    ...(segmentBytes !== undefined && { segmentBytes }),
  });
  const change = { kind: 'unrevert' as const };
  return {
    applied,
    rejected,
    planned: { merged, applied: addApplied(old.applied, applied, nowMs), change },
  };
};

/**
 * Applies deltas again that a rollback took out, in one new version. The greatest revision of a document wins as ever, so what came
 * after the rollback stays. Errors: those of `publish`, VERSION_UNKNOWN where nothing was published.
 */
export const unrevert = async (options: UnrevertOptions): Promise<Unrevert> => {
  let outcome: Pick<Unrevert, 'applied' | 'rejected'> = { applied: [], rejected: [] };
  const result = await republish(options, async (state) => {
    const { planned, ...rest } = await plan(options, state);
    outcome = rest;
    return planned;
  });
  if (result === undefined) throw versionUnknown(options.indexPath, 'a version');
  return { ...result, ...outcome };
};
