import { beforeAll, describe, expect, it } from '@jest/globals';
import { memoryObjectStore, openSnapshot } from '../src/index.ts';
import type { SearchQuery, SearchResult, Snapshot } from '../src/index.ts';
import { deltaOf, documentOf, INDEX_PATH, vectorOf } from './deltas.ts';
import { committed } from './publisher.ts';

const WORDS = ['river', 'stone', 'Delta', 'clouds', 'harbour'];
const documents = Array.from({ length: 30 }, (_, id) => {
  const document = documentOf(id, { title: `On ${WORDS[id % 5]}` });
  const textOf = (ordinal: number): string =>
    `The ${WORDS[(id + ordinal) % 5]} met the ${WORDS[(id * 3 + ordinal) % 5]}, then ${WORDS[id % 3]}.`;
  const chunks = document.chunks.map((chunk) => ({ ...chunk, text: textOf(chunk.ordinal) }));
  return { ...document, chunks };
});

let snapshot: Snapshot;

beforeAll(async () => {
  const store = memoryObjectStore();
  await committed(store, [deltaOf(0, documents.slice(0, 15))]);
  await committed(store, [deltaOf(1, documents.slice(15))]);
  const opened = await openSnapshot(store, INDEX_PATH);
  if (!opened) throw new Error('nothing was published');
  snapshot = opened;
});

const search = (query: Partial<SearchQuery>): Promise<SearchResult> =>
  snapshot.search({ vector: vectorOf(9), text: 'rivers of cloud', k: 8, mode: 'hybrid', ...query });

describe('highlights of a search', () => {
  it.each(['hybrid', 'lexical', 'dense'] as const)(
    'mark the words of a %s query in every hit',
    async (mode) => {
      const { hits } = await search({ mode, highlight: true });
      for (const { text, title, highlights } of hits) {
        const marked = highlights!.ranges.map(({ start, end }) => text.slice(start, end).toLowerCase());
        expect(marked).toEqual(text.toLowerCase().match(/river|clouds/g) ?? []);
        expect(highlights!.title.map(({ start, end }) => title.slice(start, end).toLowerCase())).toEqual(
          title.toLowerCase().match(/river|clouds/g) ?? [],
        );
        const { start, end, text: snippet } = highlights!.snippet;
        expect(snippet).toBe(text.slice(start, end));
      }
    },
  );

  it('mark nothing where the query has no text, and are absent where nobody asks', async () => {
    const { hits } = await snapshot.search({ vector: vectorOf(9), k: 3, mode: 'dense', highlight: true });
    for (const { highlights, text } of hits)
      expect(highlights).toMatchObject({ ranges: [], title: [], snippet: { text } });
    for (const hit of (await search({})).hits) expect(hit).not.toHaveProperty('highlights');
  });
});

describe('an explained search', () => {
  it('gives the same hits as one that is not explained', async () => {
    const { hits } = await search({ explain: true });
    const plain = await search({});
    expect(hits.map(({ explanation: _, ...hit }) => hit)).toEqual(plain.hits);
    expect(plain).not.toHaveProperty('explanation');
  });

  it.each(['min-max', 'rrf'] as const)('tells the arithmetic of every %s score', async (fusion) => {
    const weights = { dense: 0.5, lexical: 2 };
    const { hits, explanation } = await search({ explain: true, fusion: { fusion, weights } });
    const lists = explanation as Required<NonNullable<typeof explanation>>;
    for (const { score, explanation: own } of hits) {
      const fused = own!.fused!;
      const parts = [fused.dense, fused.lexical];
      expect(parts.reduce((sum, { weight, share }) => sum + weight * share, 0)).toBeCloseTo(score, 12);
      if (fusion === 'rrf') expect(fused.dense.share).toBe(own!.dense?.rank ? 1 / (60 + own!.dense.rank) : 0);
      else {
        const { floor, top } = lists.dense;
        expect(fused.dense.share).toBeCloseTo((own!.dense!.score - floor) / (top - floor), 12);
        expect(fused.lexical.share).toBeCloseTo((own!.lexical?.score ?? 0) / lists.lexical.top, 12);
      }
    }
  });

  it('makes BM25 the sum of its terms', async () => {
    const { hits, explanation } = await search({
      explain: true,
      mode: 'lexical',
      text: 'river rivers cloud absent',
    });
    expect(hits.length).toBeGreaterThan(2);
    const { terms, averageLength } = explanation!.lexical!;
    expect(terms.map(({ term }) => term)).toEqual(['river', 'cloud']);
    hits.forEach(({ score, explanation: own }, index) => {
      expect(own!.lexical).toMatchObject({ score, rank: index + 1 });
      const sum = own!.lexical!.terms.reduce((total, term) => total + term.score, 0);
      expect(sum).toBeCloseTo(score, 12);
      for (const { term, weight, frequency, length, score: part } of own!.lexical!.terms) {
        expect(weight).toBe(terms.find((one) => one.term === term)?.weight);
        const norm = 1.2 * (0.25 + (0.75 * length) / averageLength);
        expect(part).toBeCloseTo((weight * frequency) / (frequency + norm), 12);
      }
    });
  });

  it('names rank and segment of each hit', async () => {
    const { hits, plan } = await search({ explain: true, mode: 'dense', k: 60 });
    const segments = plan!.segments.map(({ key }) => key);
    hits.forEach(({ score, explanation }, index) => {
      expect(explanation!.dense).toEqual({ score, rank: index + 1 });
      expect(segments).toContain(explanation!.segment);
    });
    expect(new Set(hits.map(({ explanation }) => explanation!.segment)).size).toBe(2);
  });
});

describe('weights of a search', () => {
  it('decide alone when one of them is 0', async () => {
    const dense = await search({ mode: 'dense' });
    const weighted = await search({ fusion: { weights: { dense: 1, lexical: 0 } } });
    expect(weighted.hits.map(({ chunkId }) => chunkId)).toEqual(dense.hits.map(({ chunkId }) => chunkId));
  });

  it.each([
    { dense: -1, lexical: 1 },
    { dense: 1, lexical: Number.NaN },
    { dense: Infinity, lexical: 1 },
    { dense: 0, lexical: 0 },
  ])('are refused when they cannot weigh: %j', async (weights) => {
    await expect(search({ fusion: { weights } })).rejects.toMatchObject({
      code: 'QUERY_INVALID',
      kind: 'invalid',
    });
  });
});
