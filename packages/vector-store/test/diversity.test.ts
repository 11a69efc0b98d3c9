import { beforeAll, describe, expect, it } from '@jest/globals';
import { memoryObjectStore, openSnapshot, type SearchQuery, type Snapshot } from '../src/index.ts';
import { deltaOf, documentOf, INDEX_PATH, MODEL } from './deltas.ts';
import { publishDeltas } from './publisher.ts';

const axis = (...values: number[]): Float32Array =>
  Float32Array.from({ length: MODEL.dims }, (_, index) => values[index] ?? 0);

/** Three that say the same, and two that are somewhat less to the point but different. */
const VECTORS = {
  1: axis(1, 0.1),
  2: axis(1, 0.11),
  3: axis(1, 0.12),
  4: axis(0.8, 0, 0.6),
  5: axis(0.7, 0, 0, 0.7),
};

let snapshot: Snapshot;
beforeAll(async () => {
  const store = memoryObjectStore();
  const documents = Object.entries(VECTORS).map(([id, vector]) => {
    const document = documentOf(id, { chunks: 1 });
    return { ...document, chunks: document.chunks.map((chunk) => ({ ...chunk, vector })) };
  });
  await publishDeltas(store, [deltaOf(0, documents)]);
  snapshot = (await openSnapshot(store, INDEX_PATH))!;
});

const idsOf = async (query: Partial<SearchQuery>): Promise<string[]> => {
  const { hits } = await snapshot.search({ vector: axis(1), k: 3, mode: 'dense', ...query });
  return hits.map(({ entityId }) => entityId);
};

describe('diversity', () => {
  it('keeps the order of relevance when it is 0', async () => {
    expect(await idsOf({})).toEqual(['1', '2', '3']);
    expect(await idsOf({ diversity: 0 })).toEqual(['1', '2', '3']);
  });

  it('takes the best first and passes over what says the same', async () => {
    expect(await idsOf({ diversity: 0.9 })).toEqual(['1', '5', '4']);
  });

  it('gives as many results as there are, each once', async () => {
    expect((await idsOf({ diversity: 1, k: 50 })).sort()).toEqual(['1', '2', '3', '4', '5']);
  });

  it('chooses among what is above the threshold', async () => {
    expect(await idsOf({ diversity: 0.9, threshold: 0.75 })).toEqual(expect.not.arrayContaining(['5']));
  });

  it('knows the likeness of rows that words found', async () => {
    const found = await idsOf({ mode: 'lexical', text: 'river', diversity: 0.9 });
    expect(found.filter((id) => Number(id) <= 3)).toHaveLength(1);
  });

  it.each([
    [{ diversity: 1.1 }, 'diversity is 1.1'],
    [{ diversity: -1 }, 'diversity is -1'],
    [{ diversity: NaN }, 'diversity is NaN'],
    [{ diversity: 0.5, k: 101 }, 'at most 100'],
  ])('refuses %j', async (query, message) => {
    await expect(idsOf(query)).rejects.toMatchObject({
      code: 'QUERY_INVALID',
      message: expect.stringContaining(message),
    });
  });
});
