import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { deltaCreatedV1, embeddingBatchFailedV1, partFailedV1 } from '@alluvium/contracts';
import type { EventBus } from '@alluvium/lambda-kit';
import { decodeDelta } from '@alluvium/vector-store';
import { fakeVector } from '@alluvium/testkit';
import { RUN } from './fixtures.ts';
import { batchRun, DAY_MS, TEXTS } from './support/batch-run.ts';

type Run = Awaited<ReturnType<typeof batchRun>>;

let run: Run;

beforeEach(async () => {
  run = await batchRun();
});

afterEach(() => run.api.close());

const status = (): string | undefined => [...run.batches.stored.values()][0]?.status;
const bought = (): number => run.api.batches().length;
const expectWholeDelta = async (): Promise<void> => {
  const [created] = run.bus.dataOf(deltaCreatedV1);
  expect(created).toMatchObject({ ...RUN, documents: 3, records: 4 });
  const { documents } = decodeDelta(await run.objects.readBytes(created!.delta));
  expect(documents.map(({ entityId, deleted }) => [entityId, deleted])).toEqual([
    ['a.md', false],
    ['gone.md', true],
    ['b.md', false],
  ]);
  const chunks = documents.flatMap((document) => document.chunks);
  expect(chunks.map(({ text }) => text)).toEqual(TEXTS);
  const titles = ['a.md', 'a.md', 'b.md', 'b.md'];
  chunks.forEach(({ vector, text }, row) => {
    const expected = fakeVector(`Title of ${titles[row]}\n${text}`, 8);
    const similarity = expected.reduce((sum, value, axis) => sum + value * vector[axis]!, 0);
    expect(similarity).toBeGreaterThan(0.999);
  });
};

describe('a crash', () => {
  it('between the order and the note of its id buys once', async () => {
    run.api.disturb('POST /batches', { answerLost: true });
    const answer = await run.handle();
    expect([answer.batchItemFailures.length, bought(), status()]).toEqual([1, 1, 'SUBMITTING']);
    await run.handle();
    expect([bought(), status()]).toEqual([1, 'SUBMITTED']);
    run.advance(3_600_000);
    await run.tick();
    await expectWholeDelta();
  });

  it('between the note of the order and that of the batch buys once', async () => {
    const { batches } = run;
    const dying = {
      ...batches,
      save: (batch: Parameters<typeof batches.save>[0]) =>
        batch.status === 'SUBMITTED' ? Promise.reject(new Error('killed')) : batches.save(batch),
    };
    await run.handle(run.eventOf(), { changed: { batches: dying } });
    expect([bought(), status()]).toEqual([1, 'SUBMITTING']);
    await run.handle();
    expect([bought(), status()]).toEqual([1, 'SUBMITTED']);
  });

  it('while a second order is made buys the second once', async () => {
    run.api.nextBatch({ finished: 1, outcome: 'expired' });
    await run.handle();
    run.advance(DAY_MS);
    run.api.disturb('POST /batches', { answerLost: true });
    expect(await run.tick()).toBe(1);
    expect([bought(), status()]).toEqual([2, 'SUBMITTING']);
    await run.tick();
    expect([bought(), status()]).toEqual([2, 'SUBMITTED']);
  });

  it('between the delta and its announcement is made good by the next look', async () => {
    const { bus } = run;
    const silent: EventBus = {
      publishAll: (events) => bus.publishAll(events),
      publish: () => Promise.reject(new Error('killed')),
    };
    await run.handle();
    run.advance(3_600_000);
    const tickSilently = async () => {
      const polls = bus.events.length;
      await run.tick(1, { bus: silent });
      return bus.events.length - polls;
    };
    expect(await tickSilently()).toBe(1);
    expect([status(), bus.dataOf(deltaCreatedV1)]).toEqual(['DURABLE', []]);
    await run.tick();
    await expectWholeDelta();
  });
});

describe('an order that cannot be made', () => {
  it('is left to the queue, and the part is reported on its last receive', async () => {
    run.api.disturb('POST /files', { status: 401 });
    const early = await run.handle();
    expect([early.batchItemFailures.length, run.bus.events]).toEqual([1, []]);
    run.api.disturb('POST /files', { status: 401 });
    await run.handle(run.eventOf(), { receives: 5 });
    expect(run.bus.dataOf(partFailedV1)).toMatchObject([{ ...RUN, error: { code: 'PROVIDER_DENIED' } }]);
    expect(run.bus.dataOf(embeddingBatchFailedV1)).toHaveLength(1);
    expect(status()).toBe('FAILED');
  });

  it('begins again when the message comes out of the dead letters', async () => {
    run.api.disturb('POST /files', { status: 401 });
    await run.handle(run.eventOf(), { receives: 5 });
    await run.handle();
    expect([status(), bought()]).toEqual(['SUBMITTED', 1]);
  });

  it('beyond the hourly limit waits for its hour', async () => {
    await run.api.close();
    run = await batchRun({ creationsPerHour: 0 });
    const answer = await run.handle();
    expect([answer.batchItemFailures.length, bought(), status()]).toEqual([1, 0, 'SUBMITTING']);
  });
});

describe('vectors that no snapshot takes', () => {
  const makeDurable = async (): Promise<void> => {
    await run.handle();
    run.advance(3_600_000);
    await run.tick();
  };

  it('are announced again with every look, as the same delta', async () => {
    await makeDurable();
    await run.tick();
    const [first, second] = run.bus.events.filter(({ detailType }) => detailType === deltaCreatedV1.name);
    expect(second!.detail.metadata.idempotencyKey).toBe(first!.detail.metadata.idempotencyKey);
  });

  it('are given up after three days', async () => {
    await makeDurable();
    run.advance(3 * DAY_MS);
    await run.tick();
    expect(run.bus.dataOf(embeddingBatchFailedV1)).toMatchObject([{ error: { code: 'DELTA_NOT_APPLIED' } }]);
    expect(status()).toBe('FAILED');
  });
});

it('a batch whose model changed under it is given up: vectors of two models never mix', async () => {
  await run.handle();
  run.advance(3_600_000);
  await run.tick(1, { openProvider: async () => ({ ...run.provider, stamp: 'small@ffffffffffff' }) });
  expect(run.bus.dataOf(embeddingBatchFailedV1)).toMatchObject([{ error: { code: 'MODEL_MISMATCH' } }]);
});
