import { embeddingBatchPollRequestedV1, makeEvent } from '@alluvium/contracts';
import { mapLimit } from '@alluvium/lambda-kit';
import { pollData } from './domain/batch-events.ts';
import type { Batch } from './domain/batch.ts';
import type { BatchDeps } from './ports.ts';

const AT_ONCE = 16;

const pollOf = async ({ batches, runtime }: Pick<BatchDeps, 'batches' | 'runtime'>, batch: Batch) => {
  // Until its first order is taken a batch is the queue's, which brings the part again.
  if (batch.providerBatchId === undefined) return [];
  const data = pollData(batch, await batches.countPoll(batch.batchId));
  return data === undefined
    ? []
    : [makeEvent(embeddingBatchPollRequestedV1, data, batch.cause, runtime.origin)];
};

/**
 * Asks for a look at every open batch. When there is none the schedule is turned off; whoever opens a batch first marks it as open and
 * then turns the schedule on, so the second look sees what came in between.
 */
export const requestPolls = async (
  deps: Pick<BatchDeps, 'batches' | 'runtime' | 'bus' | 'schedule'>,
): Promise<void> => {
  const { batches, schedule, bus } = deps;
  if (!(await batches.isAnyOpen())) {
    await schedule.disable();
    if (await batches.isAnyOpen()) await schedule.enable();
    return;
  }
  const polls = await mapLimit(await batches.open(), AT_ONCE, (batch) => pollOf(deps, batch));
  await bus.publishAll(polls.flat());
};
