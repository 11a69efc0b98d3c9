import type { EventCause } from '@alluvium/contracts';
import type { InboxItem } from './inbox-item.ts';

/** What follows from deltas of one run goes on that run's chain; what follows from several begins its own, named `otherwise`. */
export const causeOf = (items: readonly InboxItem[], otherwise: string): EventCause => {
  const [first] = items;
  const isOne = items.every(({ cause }) => cause.correlationId === first?.cause.correlationId);
  return first !== undefined && isOne ? first.cause : { correlationId: otherwise };
};
