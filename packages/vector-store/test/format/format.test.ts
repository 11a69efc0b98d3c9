import { readdir, readFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  decodeDelta,
  encodeDelta,
  memoryObjectStore,
  openSnapshot,
  type DeltaDocument,
  type SearchFilters,
  type SearchQuery,
  type Snapshot,
} from '../../src/index.ts';
import { estimateRows } from '../../src/search/estimate-rows.ts';
import { codeSpaceOf } from '../../src/segment/code-plane.ts';
import { vectorOf } from '../deltas.ts';
import { DIMS, FORMAT_PATH, publishCorpus } from './corpus.ts';
import { Cursor, json, openContainer } from './reader/bytes.ts';
import { estimateAll, readClusters } from './reader/codes.ts';
import { ofAttribute, ofDocumentId, ofEntity, ofEntityId, ofTime, readZones } from './reader/columns.ts';
import { readHead, readIndex, readSegment, type Head, type StoredSegment } from './reader/index-objects.ts';
import { chunkOf, floatsOf, planeOf, readDocuments, readRows, type DocumentRecord } from './reader/rows.ts';
import { searchDense, searchLexical } from './reader/search.ts';
import { readPostings } from './reader/words.ts';

const store = memoryObjectStore();
let living: Map<string, DeltaDocument>;
let snapshot: Snapshot;
let head: Head;
let segments: StoredSegment[];

const get = async (key: string): Promise<Uint8Array> => {
  const object = await store.get(key);
  if (object === undefined || object === 'not-modified') throw new Error(`${key} is missing`);
  return object.body;
};

const livingRecords = () =>
  segments.flatMap((segment) => readDocuments(segment).filter((_, ordinal) => !segment.dead.has(ordinal)));

beforeAll(async () => {
  living = await publishCorpus(store);
  snapshot = (await openSnapshot(store, FORMAT_PATH)) as Snapshot;
  head = await readHead(get, FORMAT_PATH);
  const { segments: descriptors } = await readIndex(get, head, 'manifest');
  segments = await Promise.all(descriptors.map((descriptor) => readSegment(get, descriptor)));
});

describe('a reader written from docs/format.md', () => {
  it('uses nothing of the source', async () => {
    const folder = new URL('reader/', import.meta.url);
    for (const file of await readdir(folder)) {
      const text = await readFile(new URL(file, folder), 'utf8');
      const imports = [...text.matchAll(/from '([^']+)'/g)].map(([, name]) => name ?? '');
      expect(imports.filter((name) => !/^(node:|\.\/[\w-]+\.ts$)/.test(name))).toEqual([]);
    }
  });

  it('finds the same index in HEAD and in the manifest', async () => {
    expect(await readIndex(get, head, 'HEAD')).toEqual(await readIndex(get, head, 'manifest'));
    expect(segments.length).toBeGreaterThan(1);
    expect(segments.some(({ dead }) => dead.size > 0)).toBe(true);
  });

  it('counts what HEAD counts, and finds its setHash', () => {
    const documents = livingRecords().filter(({ document }) => !document.deleted);
    const tombstones = livingRecords().length - documents.length;
    const chunks = documents.reduce((sum, one) => sum + one.chunks.length, 0);
    expect({ documents: documents.length, chunks, tombstones }).toEqual(head.counts);
    const sum = documents.reduce((total, { document, chunks: own }) => {
      const { fence, sequence, contentHash } = document.revision;
      const member = [document.documentId, fence, sequence, contentHash, ...own.map(([id]) => id)];
      return total + BigInt(`0x${createHash('sha256').update(JSON.stringify(member)).digest('hex')}`);
    }, 0n);
    expect(BigInt.asUintN(256, sum).toString(16).padStart(64, '0')).toBe(head.setHash);
  });

  it('reads every living document and its chunks', () => {
    const documents = livingRecords().filter(({ document }) => !document.deleted);
    expect(documents).toHaveLength(living.size);
    for (const { document, chunks } of documents) {
      const expected = living.get(document.documentId);
      expect({ ...document, chunks: [] }).toEqual({ ...expected, chunks: [] });
      expect(chunks).toEqual(
        expected?.chunks.map(({ chunkId, ordinal, start, end, text }) => [
          chunkId,
          ordinal,
          start,
          end,
          text,
        ]),
      );
    }
  });

  it('reads int8 vectors within their rounding, and floats where they were kept', () => {
    const vectors = new Map(
      [...living.values()].flatMap(({ chunks }) => chunks.map((chunk) => [chunk.chunkId, chunk])),
    );
    let [kept, off] = [0, 0];
    for (const segment of segments) {
      for (const [at, row] of readRows(segment, DIMS).entries()) {
        const chunk = vectors.get(chunkOf(segment, row)[0]);
        if (!chunk || segment.dead.has(row.document)) continue;
        const largest = Math.max(...chunk.vector.map(Math.abs));
        row.components.forEach((component, d) => {
          off = Math.max(off, Math.abs((component * largest) / 127 - (chunk.vector[d] ?? 0)) / largest);
        });
        if (!chunk.keepsFloats) continue;
        kept += 1;
        floatsOf(segment, at, DIMS)?.forEach((value, d) => {
          expect(value).toBeCloseTo(chunk.vector[d] ?? 0, 6);
        });
      }
    }
    expect(off).toBeLessThan(1 / 253);
    expect(kept).toBeGreaterThan(10);
  });

  it.each([1, 2, 3, 4, 5])('answers a dense query as a search does, scores and all (%i)', async (seed) => {
    const vector = vectorOf(seed * 77, DIMS);
    const query: SearchQuery = { vector, k: 20, mode: 'dense', recall: 'exact' };
    const { hits } = await snapshot.search(query);
    const found = searchDense(segments, vector, 20);
    expect(found.map(({ chunkId }) => chunkId)).toEqual(hits.map(({ chunkId }) => chunkId));
    found.forEach(({ score }, index) => expect(score).toBeCloseTo(hits[index]?.score ?? 0, 12));
  });

  it.each([
    'running relational generalization',
    'HAPPY happiness snow_flake',
    'istanbul İSTANBUL ΣΟΦΟΣ σοφος',
    '東京 𐐷eseret combin\u0301ing',
    'x'.repeat(70),
    'page 12 ultra ultra',
  ])('answers the words %j as a search does, scores and all', async (text) => {
    const { hits } = await snapshot.search({ text, k: 30, mode: 'lexical' });
    const found = searchLexical(segments, text, { k: 30, dims: DIMS });
    expect(found.map(({ chunkId }) => chunkId)).toEqual(hits.map(({ chunkId }) => chunkId));
    found.forEach(({ score }, index) => expect(score).toBeCloseTo(hits[index]?.score ?? 0, 12));
  });

  it('finds as many terms as the descriptor says, in the order of code units', () => {
    for (const segment of segments) {
      const lists = readPostings(segment);
      const terms = [...lists.keys()];
      expect(terms).toEqual([...terms].sort());
      const total = [...lists.values()].flat().reduce((sum, { frequency }) => sum + frequency, 0);
      expect(total).toBe(segment.descriptor.terms);
    }
  });

  it('estimates cosines from 1-bit codes as the kernel does', () => {
    for (const segment of segments) {
      const query = vectorOf(4711, DIMS);
      const { mean } = readClusters(segment, DIMS);
      const codes = { blocks: planeOf(segment, 'codes'), space: codeSpaceOf(Float32Array.from(mean)) };
      const [real] = estimateRows(query, codes, [[0, segment.descriptor.chunks]]);
      const own = estimateAll(segment, Array.from(query));
      // The kernel sums table entries of a byte.
      own.forEach((value, row) => expect(Math.abs(value - (real?.scores[row] ?? 9))).toBeLessThan(0.03));
      expect(own).toHaveLength(segment.descriptor.chunks);
    }
  });

  it('finds clusters that hold all rows, each nearer to its own centroid than to another', () => {
    const [segment] = segments.sort((left, right) => right.descriptor.chunks - left.descriptor.chunks);
    const { first, centroids } = readClusters(segment as StoredSegment, DIMS);
    const rows = readRows(segment as StoredSegment, DIMS);
    expect([first[0], first.at(-1)]).toEqual([0, rows.length]);
    expect(centroids.length).toBeGreaterThan(10);
    const dot = (left: number[], right: number[]): number =>
      left.reduce((sum, value, d) => sum + value * (right[d] ?? 0), 0);
    const own = rows.filter(({ components }, row) => {
      const scores = centroids.map((centroid) => dot(components, centroid));
      const cluster = first.findLastIndex((begin) => begin <= row);
      return (scores[cluster] ?? 0) >= 0.97 * Math.max(...scores);
    });
    expect(own.length / rows.length).toBeGreaterThan(0.99);
  });

  const filters: [string, SearchFilters, (segment: StoredSegment) => number[]][] = [
    ['an entity', { entity: 'page' }, (one) => ofEntity(one, 'page')],
    ['an entity past the 31st', { entity: 'kind "38"' }, (one) => ofEntity(one, 'kind "38"')],
    ['an id', { id: '1234' }, (one) => ofEntityId(one, '1234')],
    [
      'a time',
      { since: '2021-01-01', until: '2021-07-01' },
      (one) => ofTime(one, Date.UTC(2021, 0), Date.UTC(2021, 6)),
    ],
    [
      'a range of numbers',
      { attributes: { year: { gte: 1995, lt: 2000 } } },
      (one) => ofAttribute(one, 'year', (year) => typeof year === 'number' && year >= 1995 && year < 2000),
    ],
    [
      'an element of a list',
      { attributes: { tags: 'tag 7' } },
      (one) => ofAttribute(one, 'tags', (tag) => tag === 'tag 7'),
    ],
    [
      'a truth',
      { attributes: { isPublic: true } },
      (one) => ofAttribute(one, 'isPublic', (value) => value === true),
    ],
    [
      'a number that is a text elsewhere',
      { attributes: { number: '33' } },
      (one) => ofAttribute(one, 'number', (value) => value === '33'),
    ],
  ];
  it.each(filters)('filters by %s as a search does', async (_name, asked, ordinalsOf) => {
    const { matched } = await snapshot.search({ text: 'page', k: 1, mode: 'lexical', filters: asked });
    const found = segments.flatMap((segment) => {
      const documents = readDocuments(segment);
      return ordinalsOf(segment).flatMap((ordinal) =>
        segment.dead.has(ordinal) ? [] : (documents[ordinal]?.chunks ?? []),
      );
    });
    expect(found.length).toBe(matched);
    expect(matched).toBeGreaterThan(0);
  });

  it('finds documents by their key, and zones that hold the times and entities of their rows', () => {
    for (const segment of segments) {
      const records = readDocuments(segment).map(({ document }) => document);
      const sought = records[records.length - 1] as DocumentRecord;
      expect(ofDocumentId(segment, sought.documentId)).toContain(records.length - 1);
      const { first } = readClusters(segment, DIMS);
      const zones = readZones(segment);
      readRows(segment, DIMS).forEach(({ document }, row) => {
        const zone = zones[first.findLastIndex((begin) => begin <= row)];
        const { modified, entity } = records[document] as DocumentRecord;
        const time = modified === undefined ? undefined : Date.parse(modified);
        if (time !== undefined) expect(time >= (zone?.from ?? NaN) && time <= (zone?.to ?? NaN)).toBe(true);
        if (entity === 'page') expect(zone?.entities).toContain(entity);
      });
    }
  });

  it('reads a delta', () => {
    const documents = [...living.values()].slice(0, 20);
    const model = { id: 'tiny@0123456789ab', dims: DIMS };
    const delta = { deltaId: 'd', collection: 'docs', runId: 'r', attempt: 1, part: 0, model, documents };
    const bytes = encodeDelta(delta);
    const planes = openContainer(bytes, { magic: 'ALVDELTA', version: 1 });
    const { rows } = json(planes.get('head') ?? bytes) as { rows: number };
    const decoded = decodeDelta(bytes).documents.flatMap(({ chunks }) => chunks);
    expect(rows).toBe(decoded.length);
    const [components, scales] = [
      new Cursor(planes.get('rows') ?? bytes),
      new Cursor(planes.get('scales') ?? bytes),
    ];
    const hasFloats = planes.has('floats');
    for (const { vector } of decoded) {
      const scale = scales.f32();
      const row = components.list(DIMS, () => Math.fround(components.i8() * scale));
      if (!hasFloats) expect(row).toEqual(Array.from(vector));
    }
    expect([components.isAtEnd, scales.isAtEnd]).toEqual([true, true]);
  });
});
