import { withStack, type QueueHandler } from '@alluvium/lambda-kit';
import type { Context, SQSRecord } from 'aws-lambda';
import { indexOfDoorbell } from '../domain/doorbells.ts';
import type { RegisteredIndex } from '../domain/inbox-item.ts';
import type { CompactorDeps } from '../ports.ts';
import { settleIndex } from '../settle-index.ts';
import { wire } from '../wiring.ts';

/** A publish of full size takes less. */
const ROUND_MS = 420_000;

interface Group {
  index: RegisteredIndex;
  messageIds: string[];
}

// However many doorbells name an index, it is worked on once.
const groupByIndex = async ({ runtime }: CompactorDeps, records: SQSRecord[]): Promise<Group[]> => {
  const groups = new Map<string, Group>();
  for (const { body, messageId, eventSourceARN } of records) {
    try {
      const index = indexOfDoorbell(body);
      const group = groups.get(index.indexPath) ?? { index, messageIds: [] };
      group.messageIds.push(messageId);
      groups.set(index.indexPath, group);
    } catch (error) {
      await runtime.deadLetters.send(body, error, eventSourceARN);
    }
  }
  return [...groups.values()];
};

// True when the doorbells are done with. One after the other: a merge takes most of the memory.
const answer = async (deps: CompactorDeps, { index }: Group, context: Context): Promise<boolean> => {
  try {
    if (context.getRemainingTimeInMillis() < ROUND_MS) await deps.doorbell.ring(index, 0);
    else await settleIndex(deps, index);
    return true;
  } catch (error) {
    deps.runtime.logger.error('The index could not be settled', { ...index, error: error as Error });
    return false;
  }
};

export const makeHandler = (deps: CompactorDeps): QueueHandler =>
  withStack(deps.runtime, async ({ Records }, context) => {
    const failed: string[] = [];
    for (const group of await groupByIndex(deps, Records))
      if (!(await answer(deps, group, context))) failed.push(...group.messageIds);
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
  });

export const handler = makeHandler(wire());
