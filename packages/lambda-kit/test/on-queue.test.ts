import { beforeEach, describe, expect, it } from '@jest/globals';
import { makeEvent, PipelineError, runCompletedV1, type RunCompletedV1 } from '@alluvium/contracts';
import { onQueue, type QueueHandler } from '@alluvium/lambda-kit';
import { delivered, sqsEvent, testContext, testRuntime, type TestRuntime } from '@alluvium/testkit';

const data: RunCompletedV1['data'] = {
  ...{ runId: '0'.repeat(26), attempt: 1, collection: 'docs', source: 'files', outcome: 'done' },
  totals: { parts: 1, failedParts: 0, documents: 1, unchanged: 0, rejected: 0, chunks: 1 },
  startedAt: '2026-03-01T12:00:00.000Z',
  completedAt: '2026-03-01T12:05:00.000Z',
};
const passing = new PipelineError('The store is away', { code: 'STORE_UNAVAILABLE', kind: 'unavailable' });
const lasting = new PipelineError('The text is bad', { code: 'TEXT_BAD', kind: 'invalid' });

let runtime: TestRuntime;
let given: unknown[];
let warned: unknown[];
let handlerOf: (handle: () => Promise<unknown>) => QueueHandler;
let event: ReturnType<typeof delivered>;

beforeEach(() => {
  runtime = testRuntime('test');
  given = [];
  warned = [];
  runtime.logger.warn = (...logged) => void warned.push(...logged);
  handlerOf = (handle) =>
    onQueue(runCompletedV1, runtime, async (_, error) => void given.push(error)).run(handle);
  event = delivered(makeEvent(runCompletedV1, data, { correlationId: 'r' }, runtime.origin));
});

describe('onQueue', () => {
  it('lets an event come again that may succeed later, and says why in the log', async () => {
    const handler = handlerOf(() => Promise.reject(passing));
    const answer = await handler(sqsEvent([event]), testContext());
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-0' }] });
    expect(warned).toContainEqual(expect.objectContaining({ error: passing, messageId: 'message-0' }));
    expect([given, runtime.deadLetterList]).toEqual([[], []]);
  });

  it('reports an event on its last receive and leaves the message to the queue', async () => {
    const handler = handlerOf(() => Promise.reject(passing));
    const answer = await handler(sqsEvent([event], 5), testContext());
    expect(answer.batchItemFailures).toHaveLength(1);
    expect([given, runtime.deadLetterList]).toEqual([[passing], []]);
  });

  it('reports an event that never can succeed at once and keeps it with the reason', async () => {
    const handler = handlerOf(() => Promise.reject(lasting));
    const answer = await handler(sqsEvent([event]), testContext());
    expect(answer.batchItemFailures).toEqual([]);
    expect(given).toEqual([lasting]);
    expect(runtime.deadLetterList).toEqual([{ event, error: lasting }]);
  });

  it('keeps what is no event at all, and handles the others of its batch', async () => {
    let handled = 0;
    const handler = handlerOf(async () => (handled += 1));
    const answer = await handler(sqsEvent([{ hello: 'world' }, event, 'null']), testContext());
    expect([answer.batchItemFailures, handled]).toEqual([[], 1]);
    expect(runtime.deadLetterList).toMatchObject([
      { error: { code: 'EVENT_INVALID' } },
      { error: { code: 'EVENT_INVALID' } },
    ]);
  });

  it('keeps a body that is not JSON', async () => {
    const answer = await handlerOf(async () => undefined)(sqsEvent(['{']), testContext());
    expect(answer.batchItemFailures).toEqual([]);
    expect(runtime.deadLetterList).toMatchObject([{ event: '{', error: { code: 'EVENT_INVALID' } }]);
  });
});
