import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { fakeVector, startFakeOpenAi, type BatchFate, type FakeOpenAi } from '@alluvium/testkit';
import { batchFile } from '../src/openai/batch-file.ts';
import { batchesOf, type BatchProvider, type EndedBatch } from '../src/index.ts';
import { manifestOf, testDeps } from './support/deps.ts';

const DAY_MS = 86_400_000;
const TEXTS = ['river', 'stone', 'oven', 'bread'].map((text, row) => ({ id: `row-${row}`, text }));
const ASKED = new Set(TEXTS.map(({ id }) => id));

let api: FakeOpenAi;
let batches: BatchProvider;

beforeEach(async () => {
  api = await startFakeOpenAi();
  batches = batchesOf(manifestOf(api, { kind: 'openai-batch' }), testDeps().deps)!;
});

afterEach(() => api.close());

const endOf = async (fate: BatchFate = {}): Promise<EndedBatch> => {
  api.nextBatch(fate);
  const id = await batches.create('key', TEXTS);
  api.advance(DAY_MS);
  const progress = await batches.look(id);
  if (progress.state !== 'ended') throw new Error('still running');
  return progress;
};

describe('a batch', () => {
  it('goes from its file through all states to vectors by id, whatever their order', async () => {
    const id = await batches.create('key', TEXTS);
    expect(await batches.look(id)).toEqual({ state: 'running' });
    api.advance(120_000);
    expect(await batches.look(id)).toEqual({ state: 'running' });
    api.advance(600_000);
    const ended = await batches.look(id);
    expect(ended).toMatchObject({ state: 'ended', outcome: 'completed', outputFileId: expect.any(String) });
    expect(ended).not.toHaveProperty('errorFileId');
    const { vectors, failures, unknown, broken } = await batches.results(ended as EndedBatch, ASKED);
    expect([failures.size, unknown, broken]).toEqual([0, 0, 0]);
    for (const { id: row, text } of TEXTS)
      vectors.get(row)!.forEach((value, axis) => {
        expect(value).toBeCloseTo(fakeVector(text, 8)[axis]!, 6);
      });
  });

  it('is found by our key, over pages of other batches', async () => {
    const id = await batches.create('wanted', TEXTS);
    for (let other = 0; other < 120; other += 1) await batches.create(`other-${other}`, TEXTS.slice(0, 1));
    expect(await batches.find('wanted', api.nowMs())).toBe(id);
    expect(await batches.find('none', api.nowMs())).toBeUndefined();
  });

  it('is not looked for among those that are older than the question', async () => {
    for (let other = 0; other < 150; other += 1) await batches.create(`other-${other}`, TEXTS.slice(0, 1));
    api.advance(DAY_MS);
    const before = api.requests.length;
    expect(await batches.find('none', api.nowMs())).toBeUndefined();
    expect(api.requests.length - before).toBe(1);
  });

  it('is bought once when the answer to its creation is lost: nobody repeats it by himself', async () => {
    api.disturb('POST /batches', { answerLost: true });
    await expect(batches.create('key', TEXTS)).rejects.toMatchObject({ kind: 'unavailable' });
    expect(api.batches()).toHaveLength(1);
    expect(await batches.find('key', api.nowMs())).toBe(api.batches()[0]!.id);
  });

  it.each([500, 503])('is not created again after a %s', async (status) => {
    api.disturb('POST /batches', { status });
    await expect(batches.create('key', TEXTS)).rejects.toMatchObject({ code: 'PROVIDER_UNAVAILABLE' });
    expect(api.requests.filter(({ name }) => name === 'POST /batches')).toHaveLength(1);
  });

  it('is created after a 429, as nothing was bought', async () => {
    api.disturb('POST /batches', { status: 429, headers: { 'retry-after': '2' } });
    await batches.create('key', TEXTS);
    expect(api.batches()).toHaveLength(1);
  });

  it('beyond 2,000 an hour is left to the queue', async () => {
    await api.close();
    api = await startFakeOpenAi({ creationsPerHour: 1 });
    batches = batchesOf(manifestOf(api, { kind: 'openai-batch' }), testDeps().deps)!;
    await batches.create('first', TEXTS);
    await expect(batches.create('second', TEXTS)).rejects.toMatchObject({ kind: 'unavailable' });
    api.advance(3_600_000);
    expect(await batches.create('second', TEXTS)).toEqual(expect.any(String));
  });

  it('that nobody knows any more is an error of its own', async () => {
    await expect(batches.look('batch_none')).rejects.toMatchObject({ code: 'PROVIDER_NOT_FOUND' });
  });
});

describe('the results of a batch', () => {
  it('tell what was refused, and why', async () => {
    const ended = await endOf({ refuse: (text) => (text === 'oven' ? 'content_filter' : undefined) });
    const { vectors, failures } = await batches.results(ended, ASKED);
    expect([...vectors.keys()].sort()).toEqual(['row-0', 'row-1', 'row-3']);
    expect([...failures]).toEqual([
      ['row-2', { code: 'PROVIDER_REFUSED', message: 'content_filter: refused: content_filter' }],
    ]);
  });

  it('of an expired one are what is finished', async () => {
    const ended = await endOf({ outcome: 'expired', finished: 3 });
    expect(ended.outcome).toBe('expired');
    const { vectors, failures } = await batches.results(ended, ASKED);
    expect([vectors.size, [...failures.values()].map(({ message }) => message.slice(0, 13))]).toEqual([
      3,
      ['batch_expired'],
    ]);
  });

  it('of one that never began are nothing, with the reason', async () => {
    const ended = await endOf({ outcome: 'failed' });
    expect(ended).toMatchObject({
      outcome: 'failed',
      error: { message: 'token_limit_exceeded: Enqueued token limit reached.' },
    });
    expect((await batches.results(ended, ASKED)).vectors.size).toBe(0);
  });

  it('of a file that broke off are what can be read of it', async () => {
    const ended = await endOf({ spoil: (lines) => lines.join('\n').slice(0, -40) });
    const { vectors, broken } = await batches.results(ended, ASKED);
    expect([vectors.size, broken]).toEqual([3, 1]);
  });

  it('leave out ids that nobody asked for, and count them', async () => {
    const ended = await endOf({ spoil: (lines) => lines.join('\n').replace('"row-2"', '"somebody-else"') });
    const { vectors, unknown } = await batches.results(ended, ASKED);
    expect([vectors.has('row-2'), vectors.size, unknown]).toEqual([false, 3, 1]);
  });

  it('take the first of two answers', async () => {
    const ended = await endOf({
      spoil: (lines) => [...lines, lines[0]!.replace(/"status_code":200/, '"status_code":500')].join('\n'),
    });
    expect((await batches.results(ended, ASKED)).vectors.size).toBe(4);
  });

  it('are failures where a vector has another size', async () => {
    const other = manifestOf(api, { kind: 'openai-batch' }, { dimensions: 16 });
    const ended = await endOf();
    const { vectors, failures } = await batchesOf(other, testDeps().deps)!.results(ended, ASKED);
    expect([vectors.size, failures.get('row-0')?.code]).toEqual([0, 'PROVIDER_OUTPUT_INVALID']);
  });
});

describe('a batch that is forgotten', () => {
  it('leaves nothing of its texts and vectors with the provider, also when it is forgotten twice', async () => {
    const id = await batches.create('key', TEXTS);
    api.advance(DAY_MS);
    await batches.look(id);
    expect(api.files()).toHaveLength(2);
    await batches.forget(id);
    await batches.forget(id);
    expect(api.files()).toEqual([]);
  });
});

describe('the file of a batch', () => {
  const model = { model: 'm', dims: 8, sendsDimensions: true };

  it('has one request a line', () => {
    const lines = Buffer.from(batchFile(model, TEXTS.slice(0, 2)))
      .toString()
      .trimEnd()
      .split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(
      TEXTS.slice(0, 2).map(({ id, text }) => ({
        ...{ custom_id: id, method: 'POST', url: '/v1/embeddings' },
        body: { model: 'm', input: text, encoding_format: 'base64', dimensions: 8 },
      })),
    );
  });

  it.each([
    ['texts', { requests: 1, bytes: 1e9 }],
    ['bytes', { requests: 10, bytes: 100 }],
  ])('is refused beyond its limit of %s', (_, limits) => {
    expect(() => batchFile(model, TEXTS, limits)).toThrow(
      expect.objectContaining({ code: 'BATCH_TOO_LARGE' }),
    );
  });
});
