import { beforeEach, describe, expect, it } from '@jest/globals';
import { assertProduced, retrieveResponseV1 } from '@alluvium/contracts';
import { documentOf, DOCUMENTS, INDEX, makeWorld } from './support/world.ts';

let world: ReturnType<typeof makeWorld>;

beforeEach(async () => {
  world = makeWorld();
  await world.putCollection('docs', INDEX);
  await world.publishDocuments(DOCUMENTS);
  await world.publishDocuments([documentOf('water', 'no more of it', undefined, 2)], 1);
  await world.announceDocuments([documentOf('quarry', 'stone by the ton')], 2);
});

const search = async (query: string) => {
  const { status, body } = await world.get(`q=river&${query}`);
  expect([status, status === 200 ? undefined : body]).toEqual([200, undefined]);
  return assertProduced(retrieveResponseV1, body);
};

describe('a search of the past', () => {
  it.each(['1', '0001'])('finds what version %s had, without any tail', async (asOf) => {
    const { results, snapshot, consistency, tail } = await search(`asOf=${asOf}`);
    expect([snapshot?.version, consistency, tail]).toEqual([1, 'snapshot', undefined]);
    expect(results.map(({ snippet }) => snippet)).toContain('the river carries stone');
  });

  it('takes a time', async () => {
    const { snapshot } = await search(`asOf=${new Date(Date.now() + 60_000).toISOString()}`);
    expect(snapshot?.version).toBe(2);
  });

  it('leaves the present as it is', async () => {
    await Promise.all([search('asOf=1'), search(''), search('asOf=1')]);
    const { snapshot, results } = await search('');
    expect([snapshot?.version, results.length]).toEqual([2, 4]);
    expect(results.map(({ snippet }) => snippet)).not.toContain('the river carries stone');
  });

  it.each([
    ['asOf=9', 404, 'VERSION_UNKNOWN'],
    ['asOf=2020-01-01', 404, 'VERSION_UNKNOWN'],
    ['asOf=before-the-flood', 404, 'TAG_UNKNOWN'],
    ['asOf=2020-13-45', 400, 'AS_OF_INVALID'],
    ['asOf=1&consistency=tail', 400, 'PARAMETER_INVALID'],
    [`asOf=${'9'.repeat(65)}`, 400, 'PARAMETER_INVALID'],
    ['asOf=', 400, 'PARAMETER_INVALID'],
  ])('says what is wrong with ?%s', async (query, status, code) => {
    expect(await world.get(`q=river&${query}`)).toMatchObject({ status, body: { code } });
  });
});
