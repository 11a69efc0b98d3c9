import type { MergeCompletedV1 } from '@alluvium/contracts';
import { isInTime, progressOf } from './domain/fan-out.ts';
import { requestMerges } from './fan-out.ts';
import type { CompactorDeps } from './ports.ts';

type Deps = Pick<CompactorDeps, 'runtime' | 'bus' | 'compactions' | 'doorbell' | 'clock'>;

/**
 * Notes that a merge is done; the last one of a level asks for the next, the last one of all rings for the publish. Twice does no
 * harm, and one that never comes leaves its compaction to its deadline. Errors: those of the stores.
 */
export const advanceCompaction = async (deps: Deps, { data, metadata }: MergeCompletedV1): Promise<void> => {
  const { compactionId, collection, index, level, mergeId } = data;
  const indexPath = index.path;
  const { key, sha256, bytes } = data.output;
  const open = await deps.compactions.find(indexPath);
  if (open?.compactionId !== compactionId || !isInTime(open, deps.clock.nowMs())) return;
  await deps.compactions.complete(open, { mergeId, output: { key, sha256, bytes } });
  // Read again: of two that come last at the same time, at least one sees both.
  const now = await deps.compactions.find(indexPath);
  if (now?.compactionId !== compactionId) return;
  const progress = progressOf(now);
  if (progress.state === 'ready') await deps.doorbell.ring({ collection, indexPath }, 0);
  else if (progress.level === level + 1) await requestMerges(deps, now, progress.merges, metadata);
};
