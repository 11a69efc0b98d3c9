import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { memoryObjectStore, openSnapshot } from '../src/index.ts';
import type { DeltaDocument, SearchFilters, Snapshot } from '../src/index.ts';
import { deltaOf, documentOf, INDEX_PATH, vectorOf } from './deltas.ts';
import { committed } from './publisher.ts';
import { naiveBm25, naiveDense, rowsOf, type ReferenceRow } from './search-reference.ts';

const WORDS = 'river stone delta cloud harbour lantern copper meadow signal orchard'.split(' ');

const sentence = (seed: number): string =>
  Array.from({ length: 4 + (seed % 9) }, (_, index) => WORDS[(seed * 7 + index * index * 3) % 10]).join(' ');

const corpus: DeltaDocument[] = Array.from({ length: 60 }, (_, id) => {
  const document = documentOf(id, {
    chunks: id % 4,
    title: `Title ${sentence(id)}`,
    entity: id % 3 === 0 ? 'note' : 'page',
    ...(id % 5 !== 0 && { modified: new Date(Date.UTC(2024, 0, 1 + id)).toISOString() }),
    attributes: {
      year: 2000 + (id % 7),
      open: id % 2 === 0,
      tags: [`t${id % 3}`, `t${id % 4}`],
      ...(id % 6 === 0 && { owner: `owner ${id % 12}` }),
    },
  });
  const chunks = document.chunks.map((chunk, index) => ({ ...chunk, text: sentence(id * 5 + index) }));
  return { ...document, chunks };
});

const published = async (documents: DeltaDocument[], segmentBytes = 150_000_000): Promise<Snapshot> => {
  const store = memoryObjectStore();
  const middle = documents.length >> 1;
  await committed(store, [deltaOf(0, documents.slice(0, middle))], { segmentBytes });
  await committed(store, [deltaOf(1, documents.slice(middle))], { segmentBytes });
  const snapshot = await openSnapshot(store, INDEX_PATH);
  if (!snapshot) throw new Error('nothing was published');
  return snapshot;
};

describe.each([
  ['one segment', 150_000_000],
  ['many segments', 3_000],
])('search over %s', (_title, segmentBytes) => {
  const rows = rowsOf(corpus);
  const opening = published(corpus, segmentBytes);

  it('finds the exact nearest neighbours up to the rounding of int8', async () => {
    const snapshot = await opening;
    for (let seed = 0; seed < 20; seed += 1) {
      const vector = vectorOf(seed + 9_000).map((value) => value * 3);
      const { hits } = await snapshot.search({ vector, k: 10, mode: 'dense' });
      const expected = naiveDense(rows, vector);
      const exact = new Map(expected.map(({ chunkId, score }) => [chunkId, score]));
      expect(hits).toHaveLength(10);
      hits.forEach(({ chunkId, score, scores }, rank) => {
        expect(score).toBeCloseTo(exact.get(chunkId) ?? 2, 1);
        expect(Math.abs(score - (expected[rank]?.score ?? 2))).toBeLessThan(0.02);
        expect(scores).toEqual({ dense: score });
      });
    }
  });

  it('ranks by BM25 as the definition says, with statistics of all segments', async () => {
    const snapshot = await opening;
    for (const text of ['river', 'Stones of the RIVER', 'copper copper lanterns', 'absent words only']) {
      const { hits } = await snapshot.search({ text, k: 500, mode: 'lexical' });
      const expected = naiveBm25(rows, text);
      expect(hits.map(({ chunkId }) => chunkId).sort()).toEqual([...expected.keys()].sort());
      for (const { chunkId, score } of hits) expect(score).toBeCloseTo(expected.get(chunkId) ?? -1, 9);
      expect(hits.map(({ score }) => score)).toEqual(hits.map(({ score }) => score).sort((a, b) => b - a));
    }
  });

  it('adds the stretched scores of both lists in hybrid mode', async () => {
    const snapshot = await opening;
    const [vector, text] = [vectorOf(77), 'river meadow'];
    const dense = naiveDense(rows, vector);
    const lexical = naiveBm25(rows, text);
    const [top = 0, floor = 0, best] = [dense[0]?.score, dense.at(-1)?.score, Math.max(...lexical.values())];
    const expected = dense
      .map(({ chunkId, score }) => (score - floor) / (top - floor) + (lexical.get(chunkId) ?? 0) / best)
      .sort((left, right) => right - left);
    const { hits } = await snapshot.search({ vector, text, k: 20, mode: 'hybrid' });
    hits.forEach(({ score }, rank) => expect(score).toBeCloseTo(expected[rank] ?? -1, 1));
    for (const { chunkId, scores } of hits)
      if (scores.lexical !== undefined) expect(scores.lexical).toBeCloseTo(lexical.get(chunkId) ?? -1, 9);
  });

  const FILTERS: [string, SearchFilters, (row: ReferenceRow) => boolean][] = [
    ['entity', { entity: 'note' }, ({ document }) => document.entity === 'note'],
    ['one of several ids', { id: ['7', '11'] }, ({ document }) => ['7', '11'].includes(document.entityId)],
    [
      'since, inclusive, and until, exclusive',
      { since: '2024-01-12T00:00:00.000Z', until: '2024-01-20T00:00:00.000Z' },
      ({ document: { modified } }) =>
        modified !== undefined && modified >= '2024-01-12' && modified < '2024-01-20T00:00:00.000Z',
    ],
    [
      'equal attribute',
      { attributes: { year: 2003 } },
      ({ document }) => document.attributes['year'] === 2003,
    ],
    [
      'boolean attribute',
      { attributes: { open: false } },
      ({ document }) => document.attributes['open'] === false,
    ],
    [
      'element of a list',
      { attributes: { tags: 't3' } },
      ({ document }) => (document.attributes['tags'] as string[]).includes('t3'),
    ],
    [
      'one of several values',
      { attributes: { year: [2001, 2005] } },
      ({ document }) => [2001, 2005].includes(document.attributes['year'] as number),
    ],
    [
      'bounds, with another filter',
      { entity: 'page', attributes: { year: { gte: 2002, lt: 2004 } } },
      ({ document: { entity, attributes } }) =>
        entity === 'page' && [2002, 2003].includes(attributes['year'] as number),
    ],
    [
      'an attribute that few have',
      { attributes: { owner: 'owner 6' } },
      ({ document }) => document.attributes['owner'] === 'owner 6',
    ],
    ['an attribute of another type', { attributes: { year: '2003' } }, () => false],
    ['an attribute that nobody has', { attributes: { colour: 'red' } }, () => false],
  ];

  it.each(FILTERS)('gives only what passes the filter: %s', async (_name, filters, test) => {
    const snapshot = await opening;
    const expected = rows.filter(test).map(({ chunkId }) => chunkId);
    const query = { vector: vectorOf(5), text: 'river stone delta', k: 1000, filters };
    const dense = await snapshot.search({ ...query, mode: 'dense' });
    expect(dense.hits.map(({ chunkId }) => chunkId).sort()).toEqual(expected.sort());
    expect(dense.matched).toBe(expected.length);
    for (const mode of ['lexical', 'hybrid'] as const)
      for (const { chunkId } of (await snapshot.search({ ...query, mode })).hits)
        expect(expected).toContain(chunkId);
  });

  it('gives back document and passage as they were delivered', async () => {
    const snapshot = await opening;
    const { hits } = await snapshot.search({ vector: vectorOf(5), k: 1000, mode: 'dense' });
    expect(hits).toHaveLength(rows.length);
    const byId = new Map(rows.map((row) => [row.chunkId, row]));
    for (const { chunkId, score: _score, scores: _scores, ...hit } of hits) {
      const row = byId.get(chunkId) as ReferenceRow;
      const { revision: _r, deleted: _d, chunks: _c, ...document } = row.document;
      const { chunkId: _id, vector: _v, ...chunk } = row.chunk;
      expect(hit).toEqual({ ...document, ...chunk });
    }
    expect((await snapshot.listChunkIds()).sort()).toEqual([...byId.keys()].sort());
  });

  it('leaves out what is under the threshold', async () => {
    const snapshot = await opening;
    const all = await snapshot.search({ vector: vectorOf(5), k: 50, mode: 'dense' });
    const threshold = all.hits[10]?.score ?? 0;
    const some = await snapshot.search({ vector: vectorOf(5), k: 50, mode: 'dense', threshold });
    expect(some.hits).toEqual(all.hits.slice(0, 11));
  });
});

describe('search', () => {
  it('does not find replaced and deleted documents', async () => {
    const store = memoryObjectStore();
    await committed(store, [deltaOf(0, [documentOf(1), documentOf(2), documentOf(3)])]);
    const changes = [
      documentOf(1, { sequence: 2, chunks: 1 }),
      documentOf(2, { sequence: 2, deleted: true }),
    ];
    await committed(store, [deltaOf(1, changes)]);
    const snapshot = await openSnapshot(store, INDEX_PATH);
    const result = await snapshot?.search({ vector: vectorOf(1), text: 'river', k: 100, mode: 'hybrid' });
    const found = result?.hits.map(({ entityId, text }) => `${entityId} ${text.slice(-1)}`).sort();
    expect(found).toEqual(['1 2', '3 1', '3 1']);
    expect(await snapshot?.search({ text: 'revision', k: 9, mode: 'lexical' })).toMatchObject({ matched: 3 });
  });

  it('answers the same after a merge as after one publish', async () => {
    const [once, merged] = [
      await published(corpus.slice(0, 1).concat(corpus.slice(1))),
      await published(corpus),
    ];
    await fc.assert(
      fc.asyncProperty(fc.nat(10_000), fc.subarray(WORDS, { minLength: 1 }), async (seed, words) => {
        const query = { vector: vectorOf(seed), text: words.join(' '), k: 10, mode: 'hybrid' as const };
        const [left, right] = [await once.search(query), await merged.search(query)];
        expect(left.hits).toEqual(right.hits);
      }),
      { numRuns: 20 },
    );
  });

  it('takes hybrid with one of text and vector as that mode', async () => {
    const snapshot = await published(corpus);
    const text = await snapshot.search({ text: 'river', k: 5, mode: 'hybrid' });
    expect(text.hits).toEqual((await snapshot.search({ text: 'river', k: 5, mode: 'lexical' })).hits);
    const vector = vectorOf(4);
    const dense = await snapshot.search({ vector, k: 5, mode: 'hybrid' });
    expect(dense.hits).toEqual((await snapshot.search({ vector, k: 5, mode: 'dense' })).hits);
  });

  it.each([
    ['DIMENSION_MISMATCH', { vector: vectorOf(1, 9), k: 1, mode: 'dense' }],
    ['VECTOR_INVALID', { vector: new Float32Array(8), k: 1, mode: 'dense' }],
    ['QUERY_INVALID', { text: 'x', k: 1, mode: 'dense' }],
    ['QUERY_INVALID', { k: 1, mode: 'hybrid' }],
    ['QUERY_INVALID', { text: 'x', k: 0, mode: 'lexical' }],
    ['FILTER_INVALID', { text: 'x', k: 1, mode: 'lexical', filters: { since: 'soon' } }],
  ] as const)('refuses a query that makes no sense: %s', async (code, query) => {
    const snapshot = await published(corpus);
    await expect(snapshot.search(query)).rejects.toMatchObject({ code, kind: 'invalid' });
  });

  it('answers a snapshot of tombstones with nothing', async () => {
    const snapshot = await published([documentOf(1, { deleted: true }), documentOf(2, { deleted: true })]);
    const query = { vector: vectorOf(1), text: 'river', k: 5, mode: 'hybrid' as const };
    expect(await snapshot.search(query)).toMatchObject({ hits: [], matched: 0 });
    const filters = { entity: 'page', attributes: { x: 1 } };
    expect(await snapshot.search({ ...query, filters })).toMatchObject({ hits: [], matched: 0 });
  });
});
