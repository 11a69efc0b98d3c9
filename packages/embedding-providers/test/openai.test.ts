import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { fakeVector, startFakeOpenAi, type FakeOpenAi } from '@alluvium/testkit';
import { embedderOf } from '../src/index.ts';
import { manifestOf, testDeps } from './support/deps.ts';

let api: FakeOpenAi;

beforeEach(async () => {
  api = await startFakeOpenAi();
});

afterEach(() => api.close());

const embeddings = () => api.requests.filter(({ name }) => name === 'POST /embeddings');
const bodies = () => embeddings().map(({ body }) => body as { input: string[]; dimensions?: number });

const expectVector = (vector: Float32Array | undefined, text: string): void => {
  expect(vector).toHaveLength(8);
  const expected = fakeVector(text, 8);
  vector!.forEach((value, axis) => {
    expect(value).toBeCloseTo(expected[axis]!, 6);
  });
};

describe('an OpenAI-compatible endpoint', () => {
  it('gives a unit vector for each text, in the order of the texts', async () => {
    const texts = ['river', 'stone', 'oven'];
    const vectors = await embedderOf(manifestOf(api), testDeps().deps).embedPassages(texts);
    texts.forEach((text, index) => {
      expectVector(vectors[index], text);
    });
    expect(bodies()).toEqual([
      { model: 'text-embedding-3-small', input: texts, encoding_format: 'base64', dimensions: 8 },
    ]);
  });

  it('is told the prefixes of the manifest', async () => {
    const manifest = manifestOf(api, {}, { query_prefix: 'query: ', passage_prefix: 'passage: ' });
    const embedder = embedderOf(manifest, testDeps().deps);
    await embedder.embedPassages(['a']);
    expectVector(await embedder.embedQuery('b'), 'query: b');
    expect(bodies().map(({ input }) => input)).toEqual([['passage: a'], ['query: b']]);
  });

  it('is asked for at most 2,048 texts and 300,000 tokens at once', async () => {
    const { deps } = testDeps();
    await embedderOf(manifestOf(api), deps).embedPassages(Array.from({ length: 2050 }, () => 'x'));
    expect(bodies().map(({ input }) => input.length)).toEqual([2048, 2]);
    await embedderOf(manifestOf(api), deps).embedPassages(Array.from({ length: 40 }, () => 'y'.repeat(8000)));
    expect(bodies().map(({ input }) => input.length)).toEqual([2048, 2, 37, 3]);
  });

  it('reads no more of a long text than the model takes, and never half a character', async () => {
    const manifest = manifestOf(api, {}, { max_tokens: 8 });
    await embedderOf(manifest, testDeps().deps).embedPassages(['abcdefghij', 'aaaaaaa€']);
    expect(bodies()[0]!.input).toEqual(['abcdefgh', 'aaaaaaa']);
  });

  it('is not asked for a text without a word', async () => {
    const { deps } = testDeps();
    await expect(embedderOf(manifestOf(api), deps).embedPassages(['a', ' \n'])).rejects.toMatchObject({
      code: 'TEXT_EMPTY',
    });
    expect(api.requests).toEqual([]);
  });

  it('is not told the size where the model has one only', async () => {
    await embedderOf(manifestOf(api, { sends_dimensions: false }), testDeps().deps).embedQuery('a');
    expect(bodies()[0]).not.toHaveProperty('dimensions');
  });

  it('may answer with numbers, and in any order', async () => {
    api.onEmbedding((answer) => {
      const body = answer.body as { data: { index: number; embedding: string }[] };
      const data = body.data.map(({ index }) => ({ index, embedding: [index + 1, 0, 0, 0, 0, 0, 0, index] }));
      return { ...answer, body: { data: data.reverse() } };
    });
    const [first, second] = await embedderOf(manifestOf(api), testDeps().deps).embedPassages(['a', 'b']);
    expect([...first!]).toEqual([1, 0, 0, 0, 0, 0, 0, 0]);
    expect(second![7]).toBeCloseTo(1 / Math.sqrt(5), 6);
  });

  it.each([
    ['another size', (data: object[]) => data.map((item) => ({ ...item, embedding: [1, 2] }))],
    [
      'a number that is none',
      (data: object[]) => data.map((item) => ({ ...item, embedding: Array(8).fill(null) })),
    ],
    ['no direction', (data: object[]) => data.map((item) => ({ ...item, embedding: Array(8).fill(0) }))],
    ['too few', (data: object[]) => data.slice(1)],
    ['one twice', (data: object[]) => [data[0], data[0]]],
    ['nothing', () => undefined],
  ])('is not believed when it gives %s', async (_, change) => {
    api.onEmbedding((answer) => {
      const { data } = answer.body as { data: object[] };
      return { ...answer, body: { data: change(data) } };
    });
    await expect(
      embedderOf(manifestOf(api), testDeps().deps).embedPassages(['a', 'b']),
    ).rejects.toMatchObject({
      code: 'PROVIDER_OUTPUT_INVALID',
      kind: 'invalid',
    });
    expect(embeddings()).toHaveLength(1);
  });
});

describe('an endpoint that is busy', () => {
  it('is asked again after the time that it names', async () => {
    api.disturb('POST /embeddings', { status: 429, headers: { 'retry-after': '7' } });
    api.disturb('POST /embeddings', { status: 503, headers: { 'retry-after-ms': '1500' } });
    const { deps, pauses } = testDeps();
    expectVector(await embedderOf(manifestOf(api), deps).embedQuery('a'), 'a');
    expect(pauses).toEqual([7000, 1500]);
  });

  it('is left more and more time when it names none, and given up after five tries', async () => {
    for (let tries = 0; tries < 9; tries += 1) api.disturb('POST /embeddings', { status: 500 });
    const { deps, pauses } = testDeps();
    await expect(embedderOf(manifestOf(api), deps).embedQuery('a')).rejects.toMatchObject({
      code: 'PROVIDER_UNAVAILABLE',
      kind: 'unavailable',
    });
    expect(pauses).toEqual([1000, 2000, 4000, 8000]);
  });

  it('is left to the queue when it wants more time than a function has', async () => {
    api.disturb('POST /embeddings', { status: 429, headers: { 'retry-after': '3600' } });
    const { deps, pauses } = testDeps();
    await expect(embedderOf(manifestOf(api), deps).embedQuery('a')).rejects.toMatchObject({
      kind: 'unavailable',
    });
    expect(pauses).toEqual([]);
  });

  it('is asked only so often as the one who waits has patience', async () => {
    for (let tries = 0; tries < 3; tries += 1) api.disturb('POST /embeddings', { status: 500 });
    const { deps, pauses } = testDeps({ patience: { tries: 2, timeoutMs: 1000, pauseMs: 1000 } });
    await expect(embedderOf(manifestOf(api), deps).embedQuery('a')).rejects.toMatchObject({
      code: 'PROVIDER_UNAVAILABLE',
    });
    expect(pauses).toEqual([1000]);
  });

  it('is not asked again when the quota is used up', async () => {
    api.disturb('POST /embeddings', { status: 429, code: 'insufficient_quota' });
    await expect(embedderOf(manifestOf(api), testDeps().deps).embedQuery('a')).rejects.toMatchObject({
      kind: 'unavailable',
      details: { providerCode: 'insufficient_quota' },
    });
    expect(embeddings()).toHaveLength(1);
  });

  it('is asked again when the connection broke', async () => {
    api.disturb('POST /embeddings', { answerLost: true });
    expectVector(await embedderOf(manifestOf(api), testDeps().deps).embedQuery('a'), 'a');
  });

  it('is asked no faster than the manifest allows', async () => {
    const { deps, pauses } = testDeps();
    const embedder = embedderOf(manifestOf(api, { requests_per_minute: 2, tokens_per_minute: 1000 }), deps);
    for (const text of ['a', 'b', 'c']) await embedder.embedQuery(text);
    expect(pauses).toEqual([30_000]);
    await embedder.embedQuery('d'.repeat(1000));
    expect(pauses.length).toBeGreaterThan(1);
  });
});

describe('the API key', () => {
  const denied = async (): Promise<Error> => {
    const { deps } = testDeps({ secrets: async () => 'sk-wrong-key-that-nobody-may-see' });
    const embedding = embedderOf(manifestOf(api), deps).embedQuery('a');
    await expect(embedding).rejects.toMatchObject({ code: 'PROVIDER_DENIED', kind: 'unavailable' });
    return embedding.catch((error: unknown) => error) as Promise<Error>;
  };

  it('is in no error, whatever the provider answers', async () => {
    const error = await denied();
    expect(error.message).toContain('Incorrect API key');
    expect(JSON.stringify([error.message, error, String(error.cause)])).not.toContain('wrong-key');
  });

  it('is not needed by an endpoint that asks for none', async () => {
    const { secret: _, ...provider } = manifestOf(api).provider;
    const manifest = { ...manifestOf(api), provider };
    const headers: unknown[] = [];
    const spying: typeof fetch = (url, init) => {
      headers.push(init?.headers);
      return fetch(url, init);
    };
    await embedderOf(manifest, testDeps({ fetch: spying }).deps)
      .embedQuery('a')
      .catch(() => undefined);
    expect(headers).toEqual([{ 'content-type': 'application/json' }]);
  });

  it('that is not there is an error by its name', async () => {
    await expect(
      embedderOf(manifestOf(api, { secret: 'none' }), testDeps().deps).embedQuery('a'),
    ).rejects.toMatchObject({ code: 'SECRET_MISSING' });
  });
});
