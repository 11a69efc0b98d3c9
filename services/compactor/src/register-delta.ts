import type { DeltaCreatedV1 } from '@alluvium/contracts';
import { ringAfter } from './domain/compaction-trigger.ts';
import { inboxItemOf } from './domain/inbox-item.ts';
import type { CompactorDeps } from './ports.ts';

/** Puts a delta into the inbox and rings when it is time. In this order: a doorbell without its item would find nothing. */
export const registerDelta = async (
  { inbox, doorbell, thresholds }: Pick<CompactorDeps, 'inbox' | 'doorbell' | 'thresholds'>,
  event: DeltaCreatedV1,
): Promise<void> => {
  const item = inboxItemOf(event);
  const { collection, indexPath } = item;
  await inbox.register({ collection, indexPath });
  await inbox.add(item);
  // Counted when it is there: a compactor that begins to count anew sees it.
  const arrivals = await inbox.countArrival(item);
  const delaySeconds = ringAfter(arrivals, item.pointer.bytes, thresholds);
  if (delaySeconds !== undefined) await doorbell.ring({ collection, indexPath }, delaySeconds);
};
