import { makeEvent, mergeRequestedV1, type EventCause } from '@alluvium/contracts';
import { parseIndexPath } from '@alluvium/vector-store';
import { causeOf } from './domain/cause-of.ts';
import { isDue, PUBLISH_BOUNDS } from './domain/choose-items.ts';
import {
  isInTime,
  isOver,
  planCompaction,
  progressOf,
  type Compaction,
  type Merge,
  type MergeInput,
} from './domain/fan-out.ts';
import { contentKeyOf, type InboxItem, type RegisteredIndex } from './domain/inbox-item.ts';
import type { CompactorDeps } from './ports.ts';

/** What a publish must know of merges that go on beside it. */
export interface FanOut {
  /** Content keys of deltas that are kept for merges under way. */
  reserved: ReadonlySet<string>;
  /** The one whose merges are done, and what they made. */
  ready?: { compaction: Compaction; outputs: MergeInput[] };
}

const NO_FAN_OUT: FanOut = { reserved: new Set() };

/** Asks for merges. */
export const requestMerges = async (
  { bus, runtime }: Pick<CompactorDeps, 'bus' | 'runtime'>,
  { collection, indexPath, compactionId }: Compaction,
  merges: readonly Merge[],
  cause: EventCause,
): Promise<void> => {
  const { modelId, dims } = parseIndexPath(indexPath);
  const index = { path: indexPath, modelId, dims };
  await bus.publishAll(
    merges.map((merge) =>
      makeEvent(mergeRequestedV1, { compactionId, collection, index, ...merge }, cause, runtime.origin),
    ),
  );
};

const begin = async (
  deps: CompactorDeps,
  index: RegisteredIndex,
  { items, replaces }: { items: readonly InboxItem[]; replaces: string | undefined },
): Promise<FanOut> => {
  const compactionId = deps.runtime.origin.newEventId();
  const plan = planCompaction(index, items, { compactionId, nowMs: deps.clock.nowMs() });
  // Somebody else was faster: his doorbell, or the schedule, will bring it here again.
  if (!(await deps.compactions.open(plan.compaction, replaces))) return NO_FAN_OUT;
  await requestMerges(deps, plan.compaction, plan.merges, causeOf(items, compactionId));
  deps.runtime.logger.info('A backlog is merged before it is published', {
    ...index,
    deltas: plan.compaction.deltas.length,
    merges: plan.merges.length,
  });
  return { reserved: new Set(plan.compaction.deltas) };
};

// What one publish cannot take on at once is a backlog as well.
const isBacklog = (items: readonly InboxItem[], deltas: number): boolean =>
  items.length > deltas || items.reduce((sum, { pointer }) => sum + pointer.bytes, 0) > PUBLISH_BOUNDS.bytes;

/**
 * Begins to merge a backlog, or tells how far merges of it have come. Needs no lease: an intermediate is nothing before a publish takes
 * it, and a delta whose merges do not come to an end in time is settled in the plain way.
 */
export const fanOut = async (
  deps: CompactorDeps,
  index: RegisteredIndex,
  waiting: readonly InboxItem[],
): Promise<FanOut> => {
  const nowMs = deps.clock.nowMs();
  const open = await deps.compactions.find(index.indexPath);
  if (open !== undefined && isInTime(open, nowMs)) {
    const progress = progressOf(open);
    if (progress.state === 'merging') return { reserved: new Set(open.deltas) };
    return { reserved: new Set(), ready: { compaction: open, outputs: progress.outputs } };
  }
  const items = waiting.filter((item) => isDue(item, nowMs));
  const mayBegin = open === undefined || isOver(open, nowMs);
  if (!mayBegin || !isBacklog(items, deps.fanOutAfterDeltas)) return NO_FAN_OUT;
  return begin(deps, index, { items, replaces: open?.compactionId });
};

/** Whether anything is left for a publish to do. */
export const hasPlainWork = ({ reserved, ready }: FanOut, waiting: readonly InboxItem[]): boolean =>
  ready !== undefined || waiting.some((item) => !reserved.has(contentKeyOf(item)));
