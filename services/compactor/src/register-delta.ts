import type { DeltaCreatedV1 } from '@alluvium/contracts';
import { inboxItemOf } from './domain/inbox-item.ts';
import type { CompactorDeps } from './ports.ts';

/** Time in which the doorbells of a burst gather, so that one publish takes them all. */
const GATHER_SECONDS = 2;

/** Puts a delta into the inbox and rings. In this order: a doorbell without its item would find nothing. */
export const registerDelta = async (
  { inbox, doorbell }: Pick<CompactorDeps, 'inbox' | 'doorbell'>,
  event: DeltaCreatedV1,
): Promise<void> => {
  const item = inboxItemOf(event);
  const { collection, indexPath } = item;
  await inbox.register({ collection, indexPath });
  await inbox.add(item);
  await doorbell.ring({ collection, indexPath }, GATHER_SECONDS);
};
