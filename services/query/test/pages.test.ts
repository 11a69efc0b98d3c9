import { beforeEach, describe, expect, it } from '@jest/globals';
import { assertProduced, retrieveResponseV1, type RetrieveRequestV2 } from '@alluvium/contracts';
import { documentOf, INDEX, makeWorld } from './support/world.ts';

let world: ReturnType<typeof makeWorld>;

const documents = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) =>
    documentOf(`d${from + index}`, `${'river '.repeat(index + 1)}${'stone '.repeat(from)}`),
  );

beforeEach(async () => {
  world = makeWorld();
  await world.putCollection('docs', INDEX);
  await world.publishDocuments(documents(0, 8));
});

const post = async (request: RetrieveRequestV2) => {
  const { status, body } = await world.post(JSON.stringify({ q: 'river', k: 3, ...request }));
  expect([status, status === 200 ? undefined : body]).toEqual([200, undefined]);
  return assertProduced(retrieveResponseV1, body);
};
const idsOf = ({ results }: { results: { entityId: string }[] }): string[] =>
  results.map(({ entityId }) => entityId);

const pagesOf = async (request: RetrieveRequestV2): Promise<string[][]> => {
  const pages: string[][] = [];
  let cursor: string | undefined;
  do {
    const answer = await post({ ...request, ...(cursor !== undefined && { cursor }) });
    pages.push(idsOf(answer));
    cursor = answer.cursor;
  } while (cursor !== undefined && pages.length < 20);
  return pages;
};

const refusal = async (request: RetrieveRequestV2) => {
  const { status, body } = await world.post(JSON.stringify({ q: 'river', k: 3, ...request }));
  return { status, ...(body as { code: string; detail: string }) };
};

describe('pages of results', () => {
  it.each(['hybrid', 'dense', 'lexical'])('are one list, cut: %s', async (mode) => {
    const whole = idsOf(await post({ mode, k: 100 } as RetrieveRequestV2));
    const pages = await pagesOf({ mode } as RetrieveRequestV2);
    expect(whole.length).toBeGreaterThan(6);
    expect(pages.flat()).toEqual(whole);
  });

  it('may differ in size and in what is told of each result', async () => {
    const { cursor } = await post({ k: 2 });
    const next = await post({ k: 4, highlight: true, cursor: cursor! });
    expect(idsOf(next)).toEqual(idsOf(await post({ k: 6 })).slice(2));
    expect(next.results[0]?.highlights).toBeDefined();
  });

  it('are of the version that the first one was of', async () => {
    const first = await post({ consistency: 'snapshot' });
    const whole = idsOf(await post({ k: 100 }));
    await world.publishDocuments(documents(8, 20), 1);
    const next = await post({ consistency: 'snapshot', cursor: first.cursor! });
    expect([first.snapshot?.version, next.snapshot?.version]).toEqual([1, 1]);
    expect(idsOf(next)).toEqual(whole.slice(3, 6));
    expect((await post({ consistency: 'snapshot', cursor: next.cursor! })).snapshot?.version).toBe(1);
  });

  it('go on through a tail that stays, and say so when it does not', async () => {
    await world.announceDocuments(documents(8, 10), 1);
    const first = await post({});
    const second = await post({ cursor: first.cursor! });
    expect([first.tail?.deltas, second.tail?.deltas]).toEqual([1, 1]);
    await world.announceDocuments(documents(10, 12), 2);
    expect(await refusal({ cursor: second.cursor! })).toMatchObject({
      ...{ status: 410, code: 'CURSOR_EXPIRED' },
      detail: expect.stringMatching(/version 1.*consistency=snapshot/),
    });
  });

  it('say so when their version is not kept any more', async () => {
    const { cursor } = await post({ consistency: 'snapshot' });
    await world.publishDocuments(documents(8, 9), 1);
    for await (const { key } of world.store.list(`${INDEX.path}manifests/`))
      if (key.includes('/0000000001') || /manifests\/0*1-/.test(key)) await world.store.delete(key);
    const { status, code } = await refusal({ consistency: 'snapshot', cursor: cursor! });
    expect([status, code]).toEqual([410, 'CURSOR_EXPIRED']);
  });

  it('end where an answer is not full', async () => {
    expect((await post({ k: 50 })).cursor).toBeUndefined();
    expect((await post({ diversity: 0.5 })).cursor).toBeUndefined();
  });

  it.each<[RetrieveRequestV2, string]>([
    [{ cursor: 'abc' }, 'CURSOR_INVALID'],
    [{ cursor: '!!' }, 'PARAMETER_INVALID'],
    [{ cursor: 'c', diversity: 0.5 }, 'PARAMETER_INVALID'],
  ])('are refused with %j', async (request, code) => {
    expect(await refusal(request)).toMatchObject({ status: 400, code });
  });

  it.each<RetrieveRequestV2>([
    { q: 'stone' },
    { mode: 'dense' },
    { filters: { entity: 'page' } },
    { recall: 'exact' },
  ])('are not those of another query: %j', async (change) => {
    const { cursor } = await post({});
    expect(await refusal({ ...change, cursor: cursor! })).toMatchObject({
      status: 400,
      code: 'CURSOR_INVALID',
    });
  });
});
