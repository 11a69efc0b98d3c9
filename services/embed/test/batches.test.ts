import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  deltaCreatedV1,
  embeddingBatchCompletedV1,
  embeddingBatchFailedV1,
  embeddingBatchPollRequestedV1,
  embeddingBatchSubmittedV1,
  partFailedV1,
  PipelineError,
} from '@alluvium/contracts';
import type { BatchProvider } from '@alluvium/embedding-providers';
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
const inputsOf = (nth: number): string[] => {
  const uploads = run.api.requests.filter(({ name }) => name === 'POST /files').length;
  expect(uploads).toBeGreaterThan(nth);
  const lines = run.api.inputLines();
  return lines.map(({ body }) => (body as { input: string }).input);
};

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

describe('a part of a model whose passages go in batches', () => {
  it('goes from order to snapshot: submitted, polled, stored as a delta, completed', async () => {
    await run.handle();
    expect(run.bus.dataOf(embeddingBatchSubmittedV1)).toMatchObject([
      { ...{ runId: RUN.runId, parts: [3], records: 4 }, provider: 'openai', providerBatchId: 'batch_2' },
    ]);
    expect([run.bus.dataOf(deltaCreatedV1), run.schedule.isOn]).toEqual([[], true]);
    await run.tick();
    expect(status()).toBe('SUBMITTED');
    run.advance(3_600_000);
    await run.tick();
    expect(status()).toBe('DURABLE');
    await expectWholeDelta();
    await run.publishSnapshot(7);
    expect(run.bus.dataOf(embeddingBatchCompletedV1)).toMatchObject([
      { parts: [3], records: 4, failedRecords: 0, deltas: 1, version: 7 },
    ]);
    expect([status(), bought()]).toEqual(['COMPLETED', 1]);
    await run.tick();
    expect(run.schedule.isOn).toBe(false);
  });

  it('is not completed by a snapshot that does not have its delta, nor by a rollback', async () => {
    await run.handle();
    await run.publishSnapshot(5);
    run.advance(3_600_000);
    await run.tick();
    await run.publishSnapshot(6, 'rollback');
    expect([status(), run.bus.dataOf(embeddingBatchCompletedV1)]).toEqual(['DURABLE', []]);
  });

  it('is ordered once, however often its event comes', async () => {
    const event = run.eventOf();
    for (let time = 0; time < 3; time += 1) await run.handle(event);
    expect(bought()).toBe(1);
    const keys = run.bus.events.map(({ detail }) => detail.metadata.idempotencyKey);
    expect(new Set(keys).size).toBe(1);
  });

  it('is looked at as often as one likes, in any order, and comes out once', async () => {
    await run.handle();
    run.advance(3_600_000);
    await run.tick(3);
    await run.tick(2);
    expect(new Set(run.bus.dataOf(deltaCreatedV1).map(({ deltaId }) => deltaId)).size).toBe(1);
    expect(bought()).toBe(1);
    const [first] = run.bus.dataOf(embeddingBatchPollRequestedV1);
    expect(first).toMatchObject({ poll: 1, providerBatchId: 'batch_2' });
  });

  it('needs no provider when there is nothing but deletions, or when its delta is there already', async () => {
    await run.handle();
    run.advance(3_600_000);
    await run.tick();
    await run.handle(run.eventOf({ attempt: 2 }));
    expect(run.bus.dataOf(deltaCreatedV1).map(({ attempt }) => attempt)).toEqual([1, 2]);
    expect(bought()).toBe(1);
  });

  it('leaves nothing of its texts and vectors with the provider', async () => {
    await run.handle();
    run.advance(3_600_000);
    expect(run.api.files()).toHaveLength(1);
    await run.tick(2);
    expect([status(), run.api.files()]).toEqual(['DURABLE', []]);
  });

  it('keeps the API key out of events, state and bucket', async () => {
    run.api.nextBatch({ finished: 2, outcome: 'expired' });
    await run.handle();
    run.advance(DAY_MS);
    await run.tick();
    const everything = JSON.stringify([run.bus.events, [...run.batches.stored.values()]]);
    expect(everything).not.toContain(run.api.key);
    for (const bytes of run.objects.stored.values())
      expect(Buffer.from(bytes).includes(run.api.key)).toBe(false);
  });
});

describe('a provider that gives less', () => {
  it('is asked again for what it refused, and only for that', async () => {
    run.api.nextBatch({ refuse: (text) => (text.includes('oven') ? 'server_error' : undefined) });
    await run.handle();
    run.advance(3_600_000);
    await run.tick();
    expect([status(), bought()]).toEqual(['SUBMITTED', 2]);
    expect(inputsOf(1).slice(4)).toEqual(['Title of b.md\noven']);
    run.advance(3_600_000);
    await run.tick();
    await expectWholeDelta();
  });

  it('is asked again for what it did not finish in its day', async () => {
    run.api.nextBatch({ outcome: 'expired', finished: 3 });
    await run.handle();
    run.advance(DAY_MS);
    await run.tick();
    expect(inputsOf(1)).toHaveLength(5);
    run.advance(3_600_000);
    await run.tick();
    await expectWholeDelta();
    const [first, second] = run.bus.dataOf(embeddingBatchSubmittedV1);
    expect([second!.batchId, second!.providerBatchId]).toEqual([
      first!.batchId,
      expect.not.stringContaining(first!.providerBatchId),
    ]);
  });

  it.each([
    ['a file that broke off', (lines: string[]) => lines.join('\n').slice(0, -40)],
    ['an id that nobody asked for', (lines: string[]) => lines.join('\n').replace('"row-2"', '"row-99"')],
    ['a file without a line', () => '\n'],
  ])('is asked again after %s', async (_, spoil) => {
    run.api.nextBatch({ spoil });
    await run.handle();
    for (let look = 0; look < 4; look += 1) {
      run.advance(3_600_000);
      await run.tick();
    }
    await expectWholeDelta();
    expect(bought()).toBe(2);
  });

  it('that takes nothing is left alone for a while, then asked again', async () => {
    run.api.nextBatch({ outcome: 'failed' });
    await run.handle();
    run.advance(120_000);
    await run.tick();
    await run.tick();
    expect([status(), bought()]).toEqual(['SUBMITTING', 1]);
    run.advance(3_600_000);
    await run.tick();
    expect([status(), bought()]).toEqual(['SUBMITTED', 2]);
  });

  it('again and again is given up, and the part with it; a replay orders only what is missing', async () => {
    for (let order = 0; order < 4; order += 1)
      run.api.nextBatch({ refuse: (text) => (text.includes('oven') ? 'content_filter' : undefined) });
    await run.handle();
    for (let look = 0; look < 8; look += 1) {
      run.advance(DAY_MS);
      await run.tick();
    }
    const error = { code: 'PROVIDER_REFUSED', message: 'content_filter: refused: content_filter' };
    expect(run.bus.dataOf(partFailedV1)).toEqual([{ ...RUN, stage: 'embed', error }]);
    expect(run.bus.dataOf(embeddingBatchFailedV1)).toMatchObject([{ parts: [3], error }]);
    expect([status(), bought(), run.schedule.isOn]).toEqual(['FAILED', 4, false]);
    await run.handle(run.eventOf({ attempt: 2 }));
    expect([bought(), run.schedule.isOn]).toEqual([5, true]);
    expect(inputsOf(4).slice(7)).toEqual(['Title of b.md\noven']);
    run.advance(3_600_000);
    await run.tick();
    expect(run.bus.dataOf(deltaCreatedV1)).toMatchObject([{ attempt: 2, records: 4 }]);
  });

  it('vectors of another size is given up at once: more of them would be no better', async () => {
    const { provider } = run;
    const wrong: BatchProvider = {
      ...provider,
      results: async (ended, asked) => {
        const results = await provider.results(ended, asked);
        const failure = { code: 'PROVIDER_OUTPUT_INVALID', message: 'another size' };
        return { ...results, vectors: new Map(), failures: new Map([...asked].map((id) => [id, failure])) };
      },
    };
    await run.handle();
    run.advance(3_600_000);
    await run.tick(1, { openProvider: async () => wrong });
    expect([status(), bought()]).toEqual(['FAILED', 1]);
    expect(run.bus.dataOf(partFailedV1)).toMatchObject([{ error: { code: 'PROVIDER_OUTPUT_INVALID' } }]);
  });

  it('no batch any more is asked for another one', async () => {
    await run.handle();
    const gone = () =>
      Promise.reject(new PipelineError('gone', { code: 'PROVIDER_NOT_FOUND', kind: 'invalid' }));
    await run.tick(1, { openProvider: async () => ({ ...run.provider, look: gone }) });
    expect(status()).toBe('SUBMITTING');
    run.advance(DAY_MS);
    await run.tick();
    expect([status(), bought()]).toEqual(['SUBMITTED', 2]);
  });
});
