import { appliedPartsV1, deltaRejectedV1, PipelineError, snapshotPublishedV1 } from '@alluvium/contracts';
import {
  parseIndexPath,
  readHead,
  type Head,
  type PublishResult,
  type RejectedDelta,
} from '@alluvium/vector-store';
import { mapLimit } from '@alluvium/lambda-kit';
import { causeOf } from './domain/cause-of.ts';
import { announcementKey, announcementOf, partsOf } from './domain/announcement.ts';
import { contentKeyOf, type InboxItem, type Outcome } from './domain/inbox-item.ts';
import type { CompactorDeps } from './ports.ts';
import type { Round } from './round.ts';

const WRITES_AT_ONCE = 16;
const MAX_MESSAGE = 2000;

const headAfter = async (
  { store }: CompactorDeps,
  indexPath: string,
  result: PublishResult,
): Promise<Head> => {
  if (result.kind === 'committed') return result.head;
  const current = await readHead(store, indexPath);
  if (current !== undefined) return current.head;
  throw new PipelineError(`${indexPath}HEAD is gone, though deltas are said to be applied`, {
    code: 'HEAD_MISSING',
    kind: 'internal',
    details: { indexPath },
  });
};

const announceApplied = async (
  deps: CompactorDeps,
  indexPath: string,
  { result, items }: Round,
): Promise<number> => {
  const head = await headAfter(deps, indexPath, result);
  const { publishId } = head;
  const parts = partsOf(items);
  const key = announcementKey({ indexPath, publishId, committed: result.kind === 'committed' }, parts);
  const { collection } = parseIndexPath(indexPath);
  const applied = await deps.objects.writeDocument(appliedPartsV1, key, { collection, parts });
  const data = announcementOf(indexPath, head, applied);
  await deps.bus.publish(snapshotPublishedV1, data, causeOf(items, publishId));
  return head.version;
};

const announceRejected = (
  { bus }: CompactorDeps,
  { runId, attempt, part, collection, deltaId, cause }: InboxItem,
  { reason, message }: RejectedDelta,
): Promise<void> => {
  const error = { code: reason, message: message.slice(0, MAX_MESSAGE) };
  return bus.publish(deltaRejectedV1, { runId, attempt, part, collection, deltaId, error }, cause);
};

/**
 * Tells the world how a round's deltas ended, then marks them. In this order no outbox is needed: an item leaves PENDING only after
 * EventBridge has accepted its event. Whoever dies in between leaves PENDING items; the next round finds the committed ones
 * already applied and announces them again, under the version that HEAD has by then. Consumers take parts, not versions, as what an
 * announcement is about, so a part may be announced twice.
 */
export const announceAndMark = async (
  deps: CompactorDeps,
  indexPath: string,
  round: Round,
): Promise<void> => {
  const { result, items } = round;
  const inSnapshot = [...(result.kind === 'committed' ? result.applied : []), ...result.alreadyApplied];
  const appliedKeys = new Set(inSnapshot.map(contentKeyOf));
  const faults = new Map(result.rejected.map((fault) => [contentKeyOf(fault.ref), fault]));
  const applied = items.filter((item) => appliedKeys.has(contentKeyOf(item)));
  const ended: [InboxItem, Outcome][] = [];
  if (applied.length > 0) {
    const version = await announceApplied(deps, indexPath, { result, items: applied });
    ended.push(...applied.map((item): [InboxItem, Outcome] => [item, { state: 'APPLIED', version }]));
  }
  for (const item of items) {
    const fault = faults.get(contentKeyOf(item));
    if (fault === undefined) continue;
    await announceRejected(deps, item, fault);
    ended.push([item, { state: 'REJECTED', reason: fault.reason, message: fault.message }]);
  }
  await mapLimit(ended, WRITES_AT_ONCE, ([item, outcome]) => deps.inbox.settle(item, outcome));
};
