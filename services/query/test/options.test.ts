import { beforeEach, describe, expect, it } from '@jest/globals';
import { assertProduced, retrieveResponseV1, type RetrieveRequestV2 } from '@alluvium/contracts';
import { DOCUMENTS, INDEX, makeWorld } from './support/world.ts';

let world: ReturnType<typeof makeWorld>;

beforeEach(async () => {
  world = makeWorld();
  await world.putCollection('docs', INDEX);
  const [water, hills, bakery] = DOCUMENTS;
  await world.publishDocuments([
    { ...water!, attributes: { year: 2021, tags: ['wet', 'cold'] } },
    { ...hills!, attributes: { year: 2023, tags: ['dry'] } },
    { ...bakery!, entity: 'shop', attributes: { year: 2025, open: true } },
  ]);
});

const search = async (query: string) => {
  const { status, body } = await world.get(`q=stone&${query}`);
  expect([status, status === 200 ? undefined : body]).toEqual([200, undefined]);
  return assertProduced(retrieveResponseV1, body);
};
const post = async (request: Record<string, unknown>) => {
  const { body } = await world.post(JSON.stringify({ q: 'stone', ...request }));
  return assertProduced(retrieveResponseV1, body);
};
const filterOf = (filter: unknown): string => `filter=${encodeURIComponent(JSON.stringify(filter))}`;

describe('filters of a request', () => {
  it.each([
    [{ attributes: { year: 2021 } }, ['water']],
    [{ attributes: { year: [2021, 2025] } }, ['bakery', 'water']],
    [{ attributes: { year: { gt: 2021, lte: 2025 } } }, ['bakery', 'hills']],
    [{ attributes: { tags: 'cold' } }, ['water']],
    [{ entity: 'shop', attributes: { open: true } }, ['bakery']],
    [{ id: ['hills', 'water'], since: '2026-02-01' }, ['hills']],
    [{}, ['bakery', 'hills', 'water']],
  ])('let through what passes %j, in a URL as in a body', async (filters, expected) => {
    const answers = [await search(filterOf(filters)), await post({ filters })];
    for (const { results, matched } of answers) {
      expect(results.map(({ entityId }) => entityId).sort()).toEqual(expected);
      expect(matched).toBe(expected.length);
    }
  });

  it('go together with the parameters of the same kind', async () => {
    const { results } = await search(`entity=page&${filterOf({ attributes: { year: { gte: 2023 } } })}`);
    expect(results.map(({ entityId }) => entityId)).toEqual(['hills']);
  });

  it.each([
    [filterOf({ year: 2021 }), 'FILTER_INVALID', /year is not known.*"attributes":\{"year"/],
    [
      filterOf({ attributes: { year: { above: 1 } } }),
      'FILTER_INVALID',
      /attributes\.year\.above is no bound/,
    ],
    [filterOf({ since: 'yesterday' }), 'FILTER_INVALID', /since.*2026-01-31/],
    ['filter=year>2021', 'PARAMETER_INVALID', /^filters must be a JSON object/],
    [filterOf([1]), 'PARAMETER_INVALID', /^filters must be a JSON object/],
    [`filters={}&${filterOf({})}`, 'PARAMETER_INVALID', /given more than once/],
    [`entity=page&${filterOf({ entity: 'shop' })}`, 'PARAMETER_INVALID', /^entity is given twice/],
  ])('are refused with a word on how to write them: %s', async (query, code, message) => {
    const { status, body } = await world.get(`q=stone&${query}`);
    expect([status, body]).toEqual([400, expect.objectContaining({ code })]);
    expect((body as { detail: string }).detail).toMatch(message);
  });
});

describe('the options of a search', () => {
  it('reach the search from a URL and from a body alike', async () => {
    const inUrl = await search('recall=exact&fusion=rrf&weights=1,0.5&highlight=true&explain=true&k=100');
    const request: Partial<RetrieveRequestV2> = {
      ...{ recall: 'exact', fusion: 'rrf', weights: { dense: 1, lexical: 0.5 }, k: 100 },
      ...{ highlight: true, explain: true },
    };
    const inBody = await post(request);
    expect(inBody.results).toEqual(inUrl.results);
    expect(inUrl.plan?.recall).toBe('exact');
    expect(inUrl.results[0]?.explanation?.fused).toMatchObject({ fusion: 'rrf', lexical: { weight: 0.5 } });
  });

  it('show where the words are', async () => {
    const [first] = (await search('highlight=true')).results;
    expect(first?.highlights).toEqual({
      ranges: [
        { start: 0, end: 5 },
        { start: 11, end: 16 },
      ],
      title: [],
      fragment: { start: 0, end: 16, text: 'stone upon stone' },
    });
  });

  it('explain every score and how the index was searched', async () => {
    const { results, plan, explanation } = await search('explain=true&recall=0.95');
    expect(plan).toMatchObject({ recall: '0.95', rowsScored: 3, segments: [{ rows: 3, way: 'exact' }] });
    expect(explanation?.lexical?.terms).toEqual([{ term: 'stone', weight: expect.any(Number), rows: 2 }]);
    for (const { score, explanation: own } of results) {
      const { dense, lexical } = own!.fused!;
      expect(dense.weight * dense.share + lexical.weight * lexical.share).toBeCloseTo(score, 12);
      expect(own?.segment).toBe(plan?.segments[0]?.key);
    }
  });

  it('cost nothing in an answer that did not ask for them', async () => {
    const answer = await search('highlight=false&explain=false');
    expect(answer).not.toHaveProperty('plan');
    expect(answer).not.toHaveProperty('explanation');
    for (const result of answer.results) {
      expect(result).not.toHaveProperty('highlights');
      expect(result).not.toHaveProperty('explanation');
    }
  });

  it('splits the time of the search', async () => {
    const { timings } = await search('');
    const { filterMs, denseMs, lexicalMs, scanMs, rescoreMs, fuseMs, fetchMs, readMs, searchMs } = timings;
    for (const ms of [filterMs, denseMs, lexicalMs, scanMs, rescoreMs, fuseMs, fetchMs, readMs]) {
      expect(ms).toBeGreaterThanOrEqual(0);
      expect(ms).toBeLessThanOrEqual(searchMs);
    }
  });

  it.each([
    ['recall=0.9', /^recall must be 0.95, 0.99 or exact/],
    ['recall=most', /^recall must be/],
    ['fusion=sum', /^fusion must be min-max or rrf/],
    ['weights=1', /^weights must be two numbers/],
    ['weights=1,2,3', /^weights must be two numbers/],
    ['weights=-1,2', /^weights must be two numbers/],
    ['weights=NaN,2', /^weights must be two numbers/],
    ['weights=0,0', /^weights are both 0/],
    ['highlight=yes', /^highlight must be true or false/],
    ['explain=1', /^explain must be true or false/],
    ['explain=true&k=101', /^k must be at most 100 with explain/],
  ])('are refused when they make no sense: %s', async (query, message) => {
    const { status, body } = await world.get(`q=stone&${query}`);
    expect([status, body]).toEqual([400, expect.objectContaining({ code: 'PARAMETER_INVALID' })]);
    expect((body as { detail: string }).detail).toMatch(message);
  });
});
