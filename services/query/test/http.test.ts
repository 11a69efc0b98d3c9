import { beforeEach, describe, expect, it } from '@jest/globals';
import { assertProduced, problemV1, retrieveResponseV1 } from '@alluvium/contracts';
import { DOCUMENTS, INDEX, makeWorld } from './support/world.ts';

let world: ReturnType<typeof makeWorld>;

beforeEach(async () => {
  world = makeWorld();
  await world.putCollection('docs', INDEX);
  await world.publishDocuments(DOCUMENTS);
});

const search = async (query: string) => {
  const { status, body } = await world.get(query);
  expect([status, status === 200 ? undefined : body]).toEqual([200, undefined]);
  return assertProduced(retrieveResponseV1, body);
};
const idsOf = async (query: string): Promise<string[]> =>
  (await search(query)).results.map(({ entityId }) => entityId);
const expectProblem = (
  answer: Awaited<ReturnType<typeof world.get>>,
  status: number,
  code: string,
): string => {
  expect(answer).toMatchObject({ status, type: 'application/problem+json', body: { status, code } });
  return assertProduced(problemV1, answer.body).detail;
};

describe('GET /retrieve', () => {
  it('answers with results, what was searched and what it cost', async () => {
    const answer = await search('q=stone');
    expect(answer).toMatchObject({
      ...{ collection: 'docs', mode: 'hybrid', matched: 3 },
      model: { id: INDEX.modelId, dims: 4 },
      snapshot: { version: 1, fence: 1, documents: 3, chunks: 3 },
    });
    expect(answer.results[0]).toMatchObject({
      ...{
        entityId: 'hills',
        documentId: 'files/page#hills',
        title: 'About hills',
        snippet: 'stone upon stone',
      },
      ...{ url: 'https://example.org/hills', start: 0, end: 16, attributes: { language: 'en' } },
    });
    expect(Object.keys(answer.results[0]!.scores).sort()).toEqual(['dense', 'lexical']);
    expect(answer.read.requests).toBeGreaterThan(3);
    expect(answer.read.bytes).toBeGreaterThan(100);
  });

  it('gives at most k results, five unless told', async () => {
    expect(await idsOf('q=stone&k=1')).toEqual(['hills']);
    const more = Array.from({ length: 9 }, (_, index) => ({
      ...DOCUMENTS[0]!,
      documentId: `files/page#${index}`,
      entityId: String(index),
    }));
    await world.publishDocuments(more, 1);
    expect(await idsOf('q=river')).toHaveLength(5);
  });

  it('searches words without a model when mode is lexical', async () => {
    const answer = await search('q=bread&mode=lexical');
    expect(answer.results.map(({ entityId }) => entityId)).toEqual(['bakery']);
    expect([answer.model, world.opened]).toEqual([undefined, []]);
  });

  it('searches vectors alone when mode is dense', async () => {
    const [first] = (await search('q=oven&mode=dense&k=1')).results;
    expect([first?.entityId, first?.scores.lexical]).toEqual(['bakery', undefined]);
  });

  it.each([
    ['entity=page&id=water', ['water']],
    ['entity=person', []],
    ['since=2026-02-01T00:00:00Z', ['hills']],
    ['since=2026-02-01', ['hills']],
    ['until=2026-02-01T00:00:00Z', ['water']],
    ['mode=dense&threshold=0.9', ['hills']],
    ['threshold=5', []],
  ])('keeps to the filter %s', async (filter, expected) => {
    expect((await idsOf(`q=stone&${filter}`)).sort()).toEqual(expected);
  });

  it('reads almost nothing when it is warm', async () => {
    const cold = await search('q=stone');
    const warm = await search('q=stone');
    expect(warm.results).toEqual(cold.results);
    expect(warm.read.requests).toBeLessThan(cold.read.requests);
    expect(world.opened).toEqual(['words']);
  });

  it('sees a new snapshot at once', async () => {
    await search('q=stone');
    const [water] = DOCUMENTS;
    await world.publishDocuments([{ ...water!, documentId: 'files/page#new', entityId: 'new' }], 1);
    const answer = await search('q=river');
    expect(answer.snapshot).toMatchObject({ version: 2, documents: 4 });
    expect(answer.results.map(({ entityId }) => entityId)).toContain('new');
  });

  it('answers without results or snapshot while nothing is published', async () => {
    await world.putCollection('fresh');
    await world.putCollection('early', { ...INDEX, path: INDEX.path.replace('docs', 'early') });
    for (const collection of ['fresh', 'early']) {
      const answer = await search(`q=stone&collection=${collection}`);
      expect([answer.results, answer.snapshot, answer.matched]).toEqual([[], undefined, 0]);
    }
  });

  it.each([{ missing: true }, { stamp: 'words@ffffffffffff' }])(
    'needs no model while nothing is published: %j',
    async (models) => {
      const other = makeWorld(models);
      await other.putCollection('docs', INDEX);
      expect(await other.get('q=stone')).toMatchObject({ status: 200, body: { results: [], matched: 0 } });
    },
  );

  it('asks to come again while the model is not there, except for words', async () => {
    const other = makeWorld({ missing: true });
    await other.putCollection('docs', INDEX);
    await other.publishDocuments(DOCUMENTS);
    expectProblem(await other.get('q=stone'), 503, 'MODEL_MISSING');
    expect((await other.get('q=stone&mode=lexical')).status).toBe(200);
  });

  it('keeps an answer that breaks its contract to itself', async () => {
    const [water] = DOCUMENTS;
    await world.publishDocuments([{ ...water!, documentId: 'files/page#odd', url: 'no address' }], 1);
    expectProblem(await world.get('q=river'), 500, 'INTERNAL');
  });

  it('names a collection that does not exist, and what to do', async () => {
    const detail = expectProblem(await world.get('q=a&collection=docz'), 404, 'COLLECTION_NOT_FOUND');
    expect(detail).toMatch(/"docz".*GET \/collections/);
  });

  it('names both models when the one that is there did not make the index', async () => {
    const other = makeWorld({ stamp: 'words@ffffffffffff' });
    await other.putCollection('docs', INDEX);
    await other.publishDocuments(DOCUMENTS);
    const detail = expectProblem(await other.get('q=stone'), 409, 'MODEL_MISMATCH');
    expect(detail).toMatch(/words@0123456789ab.*words@ffffffffffff/);
  });

  it.each<[string, RegExp]>([
    ['', /^q must be/],
    ['q=', /^q must be/],
    ['q=%20%20', /^q must be/],
    ...['-1', '0', '5000', 'abc', '1.5', '', '1e3', '0x10', ' 5', 'NaN', '99999999999999999999'].map(
      (k): [string, RegExp] => [`q=a&k=${encodeURIComponent(k)}`, /^k must be .*1 to 1000/],
    ),
    ['q=a&k=1&k=2', /^"k" is given more than once/],
    ['q=a&mode=fuzzy', /^mode must be hybrid, dense or lexical/],
    ['q=a&collection=..%2Fx', /^collection must be/],
    ['q=a&entity=', /^entity must be/],
    ['q=a&id=', /^id must be/],
    ['q=a&since=yesterday', /^since must be a time/],
    ['q=a&since=2026-13-01', /^since must be a time/],
    ['q=a&until=2026-02-30T00:00:00Z', /^until must be a time/],
    ['q=a&threshold=high', /^threshold must be a number/],
    ['q=a&threshold=1e999', /^threshold must be a number/],
  ])('refuses ?%s, naming the parameter and what it takes', async (query, message) => {
    expect(expectProblem(await world.get(query), 400, 'PARAMETER_INVALID')).toMatch(message);
  });

  it.each(['kk=1', 'vectors=1', '__proto__=1', 'constructor=1'])(
    'refuses the unknown parameter %s',
    async (query) => {
      const detail = expectProblem(await world.get(`q=a&${query}`), 400, 'PARAMETER_UNKNOWN');
      expect(detail).toContain(query.replace('=1', ''));
    },
  );

  it.each([8193, 100_000])('refuses a query of %i characters as too large', async (characters) => {
    expectProblem(await world.get(`q=${'a'.repeat(characters)}`), 413, 'REQUEST_TOO_LARGE');
    expectProblem(await world.post(JSON.stringify({ q: 'a'.repeat(characters) })), 413, 'REQUEST_TOO_LARGE');
  });

  it('counts characters as a reader does, not bytes', async () => {
    for (const character of ['a', 'ä', '🌊']) {
      const query = (count: number): string => `q=${encodeURIComponent(character.repeat(count))}`;
      expect((await world.get(query(8192))).status).toBe(200);
      expectProblem(await world.get(query(8193)), 413, 'REQUEST_TOO_LARGE');
    }
    const escaped = `{"q":"${'\\ud83c\\udf0a'.repeat(8192)}"}`;
    expect((await world.post(escaped)).status).toBe(200);
  });

  it('ignores a body', async () => {
    expect((await world.getWithBody('q=stone', '{')).status).toBe(200);
  });

  it.each(['q=%', 'q=%ff%fe', 'q=%00', 'q=%F0%9F%8C%8A%27%22%3C%3E'])('takes any text: %s', async (query) => {
    expect((await world.get(query)).status).toBe(200);
  });
});

describe('POST /retrieve', () => {
  it('answers as GET does', async () => {
    const { body } = await world.post(JSON.stringify({ q: 'stone', k: 1, since: '2026-02-01' }));
    expect(assertProduced(retrieveResponseV1, body).results.map(({ entityId }) => entityId)).toEqual([
      'hills',
    ]);
  });

  it('reads a body that comes in base64', async () => {
    const { status, body } = await world.postBase64(JSON.stringify({ q: 'stöne stone', k: 1 }));
    expect([status, assertProduced(retrieveResponseV1, body).results[0]?.entityId]).toEqual([200, 'hills']);
  });

  it.each<[string, string]>([
    ['{"q":', 'BODY_INVALID'],
    ['', 'BODY_INVALID'],
    ['null', 'BODY_INVALID'],
    ['["q"]', 'BODY_INVALID'],
    ['"q"', 'BODY_INVALID'],
    ['{}', 'PARAMETER_INVALID'],
    ['{"q":5}', 'PARAMETER_INVALID'],
    ['{"q":"a","k":"5"}', 'PARAMETER_INVALID'],
    ['{"q":"a","k":0}', 'PARAMETER_INVALID'],
    ['{"q":"a","k":1.5}', 'PARAMETER_INVALID'],
    ['{"q":"a","k":null}', 'PARAMETER_INVALID'],
    ['{"q":"a","entity":{"a":1}}', 'PARAMETER_INVALID'],
    ['{"q":"a","since":20260101}', 'PARAMETER_INVALID'],
    ['{"q":"a","kk":1}', 'PARAMETER_UNKNOWN'],
    ['{"q":"a","__proto__":{"k":1}}', 'PARAMETER_UNKNOWN'],
  ])('refuses %s', async (body, code) => {
    expectProblem(await world.post(body), 400, code);
  });
});
