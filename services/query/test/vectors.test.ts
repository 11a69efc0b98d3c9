import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  assertProduced,
  retrieveBatchResponseV1,
  retrieveResponseV1,
  type RetrieveRequestV2,
} from '@alluvium/contracts';
import { DOCUMENTS, documentOf, INDEX, makeWorld, vectorOf } from './support/world.ts';

let world: ReturnType<typeof makeWorld>;

beforeEach(async () => {
  world = makeWorld();
  await world.putCollection('docs', INDEX);
  await world.publishDocuments(DOCUMENTS);
});

const idsOf = ({ results }: { results: { entityId: string }[] }): string[] =>
  results.map(({ entityId }) => entityId);
const vector = [...vectorOf('oven bread')];
const post = async (request: RetrieveRequestV2) => {
  const { body } = await world.post(JSON.stringify(request));
  return assertProduced(retrieveResponseV1, body);
};

describe('a query by vector', () => {
  it('needs neither text nor a model, in a body and in a URL', async () => {
    const answer = await post({ vector, k: 1 });
    expect([idsOf(answer), answer.mode, answer.model, world.opened]).toEqual([
      ...[['bakery'], 'dense', { id: INDEX.modelId, dims: 4 }, []],
    ]);
    const { body } = await world.get(`vector=${vector.join(',')}&k=1`);
    expect(idsOf(assertProduced(retrieveResponseV1, body))).toEqual(['bakery']);
  });

  it('goes together with words', async () => {
    const answer = await post({ vector, q: 'stone', k: 3 });
    expect([answer.mode, idsOf(answer).sort(), world.opened]).toEqual([
      ...['hybrid', ['bakery', 'hills', 'water'], []],
    ]);
    expect(answer.results.some(({ scores }) => scores.lexical !== undefined)).toBe(true);
  });

  it.each<[RetrieveRequestV2, string, RegExp]>([
    [{ vector: [1, 2, 3] }, 'DIMENSION_MISMATCH', /3 dimensions.*words@0123456789ab.*have 4/],
    [{ vector, model: 'other@0123456789ab' }, 'MODEL_MISMATCH', /other@0123456789ab.*words@0123456789ab/],
    [{ vector, model: 'words@ffffffffffff' }, 'MODEL_MISMATCH', /words@ffffffffffff.*words@0123456789ab/],
    [{ q: 'stone', model: 'other' }, 'MODEL_MISMATCH', /other.*words@0123456789ab/],
  ])('of another model than the index is refused with both: %j', async (request, code, message) => {
    const { status, body } = await world.post(JSON.stringify(request));
    expect([status, body]).toMatchObject([409, { code, detail: expect.stringMatching(message) }]);
  });

  it.each([INDEX.modelId, 'words'])('may name the model of the index: %s', async (model) => {
    expect(idsOf(await post({ vector, model, k: 1 }))).toEqual(['bakery']);
  });

  it.each([
    { vector: [] },
    { vector: [0, 0, 0, 0] },
    { vector: ['1'] },
    { vector: '1,2' },
    { vector, mode: 'lexical' },
    { vector: [1e39, 0, 0, 0] },
    { vector: [1e-50, 0, 0, 0] },
  ])('is refused when it is none: %j', async (request) => {
    const { status, body } = await world.post(JSON.stringify(request));
    expect([status, body]).toMatchObject([400, { code: 'PARAMETER_INVALID' }]);
  });
});

describe('diverse results', () => {
  it('leave out what says the same, in a URL as in a body', async () => {
    await world.publishDocuments(
      [documentOf('hills2', 'stone upon stone again'), documentOf('hills3', 'stone stone')],
      1,
    );
    expect(idsOf(await post({ q: 'stone', k: 2, mode: 'dense' })).every((id) => id.startsWith('hills'))).toBe(
      true,
    );
    const [first, second] = idsOf(await post({ q: 'stone', k: 2, mode: 'dense', diversity: 0.9 }));
    expect([first?.startsWith('hills'), second?.startsWith('hills')]).toEqual([true, false]);
    const { body } = await world.get('q=stone&k=2&mode=dense&diversity=0.9');
    expect(idsOf(assertProduced(retrieveResponseV1, body))).toEqual([first, second]);
  });

  it.each(['q=a&diversity=2', 'q=a&diversity=x', 'q=a&diversity=0.5&k=101'])('refuse ?%s', async (query) => {
    expect(await world.get(query)).toMatchObject({ status: 400, body: { code: 'PARAMETER_INVALID' } });
  });
});

describe('several queries at once', () => {
  const batch = async (request: unknown) => {
    const { status, body } = await world.post(JSON.stringify(request));
    expect([status, status === 200 ? undefined : body]).toEqual([200, undefined]);
    return assertProduced(retrieveBatchResponseV1, body).answers;
  };

  it('are answered as one by one, in their order', async () => {
    const queries = [{ q: 'stone', k: 1 }, { q: 'bread', mode: 'lexical' }, { vector }];
    const answers = await batch({ collection: 'docs', queries });
    const alone = await Promise.all(queries.map((query) => post(query as RetrieveRequestV2)));
    expect(answers.map(({ results, mode }) => [mode, results])).toEqual(
      alone.map(({ results, mode }) => [mode, results]),
    );
  });

  it('are of one version, and read its head once', async () => {
    const answers = await batch({ queries: [{ q: 'stone' }, { q: 'bread' }, { q: 'river' }] });
    expect(answers.map(({ snapshot }) => snapshot?.version)).toEqual([1, 1, 1]);
    const warm = await batch({ queries: [{ q: 'stone' }, { q: 'bread' }, { q: 'river' }] });
    expect(warm.map(({ read }) => read.requests)).toEqual([1, 0, 0]);
  });

  it('are each empty where nothing is published', async () => {
    await world.putCollection('fresh');
    const answers = await batch({ collection: 'fresh', queries: [{ q: 'a' }, { q: 'b' }] });
    expect(answers.map(idsOf)).toEqual([[], []]);
  });

  it.each<[unknown, string, RegExp]>([
    [{ queries: [] }, 'PARAMETER_INVALID', /1 to 16 searches/],
    [{ queries: Array(17).fill({ q: 'a' }) }, 'PARAMETER_INVALID', /1 to 16 searches/],
    [{ queries: 'a' }, 'PARAMETER_INVALID', /1 to 16 searches/],
    [{ queries: [{ q: 'a' }], k: 5 }, 'PARAMETER_UNKNOWN', /"k"/],
    [{ queries: [{ q: 'a' }, {}] }, 'PARAMETER_INVALID', /^queries\[1\]: q must be/],
    [
      { queries: [{ q: 'a', collection: 'b' }] },
      'PARAMETER_INVALID',
      /^queries\[0\]: collection is of the whole/,
    ],
    [{ queries: [{ q: 'a', cursor: 'b' }] }, 'PARAMETER_INVALID', /^queries\[0\]: pages/],
    [{ queries: [null] }, 'PARAMETER_INVALID', /^queries\[0\]: it must be an object/],
    [{ queries: [{ q: 'a' }], collection: 'B!' }, 'PARAMETER_INVALID', /collection must be/],
  ])('are refused: %j', async (request, code, message) => {
    const { status, body } = await world.post(JSON.stringify(request));
    expect([status, body]).toMatchObject([400, { code, detail: expect.stringMatching(message) }]);
  });
});

describe('consistency tail-strict', () => {
  it('answers with all of the tail', async () => {
    await world.announceDocuments([documentOf('new', 'river and stone')], 1);
    const { tail, consistency } = await post({ q: 'river', consistency: 'tail-strict' });
    expect([tail, consistency]).toEqual([{ deltas: 1, chunks: 1, omitted: 0 }, 'tail-strict']);
  });

  it('refuses to answer without a part of it', async () => {
    for (let part = 1; part <= 65; part += 1)
      await world.announceDocuments([documentOf(`new${part}`, 'river')], part);
    const { status, body } = await world.post(JSON.stringify({ q: 'river', consistency: 'tail-strict' }));
    expect([status, body]).toMatchObject([
      503,
      { code: 'TAIL_TOO_LARGE', detail: expect.stringMatching(/^1 of the 65/) },
    ]);
    expect((await post({ q: 'river', consistency: 'tail' })).tail).toMatchObject({ deltas: 64, omitted: 1 });
  });

  it('has no past', async () => {
    expect(await world.get('q=a&asOf=1&consistency=tail-strict')).toMatchObject({ status: 400 });
  });
});
