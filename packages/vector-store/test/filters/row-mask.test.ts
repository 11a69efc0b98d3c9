import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { crc32 } from 'node:zlib';
import { hasCode } from '@alluvium/contracts';
import type { AttributeEntry } from '../../src/filters/attribute-columns.ts';
import { packColumn } from '../../src/filters/coded-column.ts';
import { rowMask, type RowMask } from '../../src/filters/row-mask.ts';
import type { SearchFilters } from '../../src/filters/search-filters.ts';
import {
  arbitraryFilters,
  arbitrarySample,
  documentWith,
  passes,
  planesOf,
  type Sample,
} from './filter-samples.ts';
import { planesReader } from './plane-fakes.ts';

const matchedRows = ({ mask }: RowMask, rows: number): number[] =>
  Array.from({ length: rows }, (_, row) => row).filter((row) => !mask || mask[row] === 1);

const sizesOf = ({ documents, rowDocuments }: Omit<Sample, 'clusterFirstRow'>) => ({
  documents: documents.length,
  rows: rowDocuments.length,
});

const documents = Array.from({ length: 40 }, (_, id) =>
  documentWith({
    entity: id % 2 === 0 ? 'note' : 'page',
    entityId: String(id),
    ...(id % 5 !== 0 && { modified: new Date(Date.UTC(2024, 0, 1 + id)).toISOString() }),
    attributes: { year: 2000 + (id % 7), serial: `serial ${id}`, ...(id % 6 === 0 && { owner: 'me' }) },
  }),
);
const sample = { documents, rowDocuments: Uint32Array.from({ length: 80 }, (_, row) => (row * 7) % 40) };

describe('rowMask', () => {
  it('passes the rows that pass one by one', async () => {
    await fc.assert(
      fc.asyncProperty(
        arbitrarySample,
        arbitraryFilters,
        fc.array(fc.nat(11)),
        async (some, filters, dead) => {
          const size = sizesOf(some);
          const marks = new Uint8Array(size.documents);
          dead.forEach((document) => marks.fill(1, document, document + 1));
          const result = await rowMask(planesReader(planesOf(some)), { ...size, dead: marks }, filters);
          const expected = [...some.rowDocuments].flatMap((document, row) =>
            marks[document] === 0 && passes(some.documents[document]!, filters) ? [row] : [],
          );
          expect(matchedRows(result, size.rows)).toEqual(expected);
          expect(result.matched).toBe(expected.length);
        },
      ),
      { numRuns: 400 },
    );
  });

  it.each<[string, SearchFilters, string[]]>([
    ['entity', { entity: 'note' }, ['documentEntities']],
    ['id', { id: ['3', '4'] }, ['entityIdHashes']],
    ['times', { since: '2024-01-03', until: '2024-02-01' }, ['documentModified']],
    ['an attribute', { attributes: { year: 2003 } }, ['attributeIndex', 'attributes']],
    [
      'two attributes',
      { attributes: { year: 2003, owner: 'me' } },
      ['attributeIndex', 'attributes', 'attributes'],
    ],
    ['an attribute that nobody has', { attributes: { colour: 'red' } }, ['attributeIndex']],
    ['a value outside what an attribute has', { attributes: { year: { lt: 1999 } } }, ['attributeIndex']],
  ])('reads only the planes that it needs: %s', async (_title, filters, planes) => {
    const reader = planesReader(planesOf(sample));
    const { matched } = await rowMask(reader, sizesOf(sample), filters);
    expect(matched).toBe(
      [...sample.rowDocuments].filter((document) => passes(documents[document]!, filters)).length,
    );
    expect(reader.reads.sort()).toEqual([...planes, 'rowDocuments'].sort());
  });

  it('reads of the attributes no more than the one that is named', async () => {
    const reader = planesReader(planesOf(sample));
    await rowMask(reader, sizesOf(sample), { attributes: { year: 2003 } });
    const others = reader.sizeOf('attributeIndex') + reader.sizeOf('rowDocuments');
    // Of year: a header, a code of one byte a document, seven values.
    expect(reader.bytesRead - others).toBeLessThan(100);
    expect(reader.sizeOf('attributes')).toBeGreaterThan(600);
  });

  it('reads nothing without filters and without the dead', async () => {
    const reader = planesReader(planesOf(sample));
    const dead = new Uint8Array(40);
    expect(await rowMask(reader, { ...sizesOf(sample), dead }, {})).toEqual({ mask: undefined, matched: 80 });
    expect(reader.reads).toEqual([]);
  });

  it('leaves out the rows of dead documents when nothing is asked', async () => {
    const dead = new Uint8Array(40).fill(1, 0, 10);
    const { mask, matched } = await rowMask(planesReader(planesOf(sample)), { ...sizesOf(sample), dead }, {});
    expect(matched).toBe(60);
    sample.rowDocuments.forEach((document, row) => expect(mask?.[row]).toBe(document < 10 ? 0 : 1));
  });

  it.each([257, 70_000])('tells %i distinct values apart', async (count) => {
    const many = Array.from({ length: count }, (_, id) =>
      documentWith({ entityId: String(id), attributes: { serial: id } }),
    );
    const some = { documents: many, rowDocuments: Uint32Array.from(many, (_, row) => count - 1 - row) };
    const reader = planesReader(planesOf(some));
    for (const filters of [{ id: String(count - 1) }, { attributes: { serial: count - 1 } }])
      expect(matchedRows(await rowMask(reader, sizesOf(some), filters), count)).toEqual([0]);
  });

  it('tells ids apart whose hashes begin alike', async () => {
    const twins = ['69235', '95303'].map((entityId) => documentWith({ entityId }));
    const some = { documents: twins, rowDocuments: Uint32Array.of(0, 1) };
    const result = await rowMask(planesReader(planesOf(some)), sizesOf(some), { id: '69235' });
    expect(matchedRows(result, 2)).toEqual([0]);
  });

  it('refuses times without a zone instead of taking that of the machine', async () => {
    const asked = rowMask(planesReader([]), { rows: 0, documents: 0 }, { since: '2024-01-01T00:00' });
    await expect(asked).rejects.toMatchObject({ code: 'FILTER_INVALID', details: { filter: 'since' } });
  });

  it('says where marks of the dead do not fit', async () => {
    const segment = { ...sizesOf(sample), dead: new Uint8Array(3).fill(1) };
    const asked = rowMask(planesReader(planesOf(sample)), segment, {});
    await expect(asked).rejects.toMatchObject({ code: 'SEGMENT_CORRUPT' });
  });
});

describe('rowMask over damaged planes', () => {
  const everything: SearchFilters = {
    entity: ['note', 'page'],
    id: documents.map(({ entityId }) => entityId),
    since: '2000-01-01',
    attributes: { year: { gte: 1 }, serial: {}, owner: {} },
  };
  const planes = planesOf(sample);

  const maskOf = async (damaged: Record<string, Uint8Array>): Promise<RowMask | undefined> => {
    const reader = planesReader(planes.map(({ name, bytes }) => ({ name, bytes: damaged[name] ?? bytes })));
    return rowMask(reader, sizesOf(sample), everything).catch((error: unknown) => {
      if (!hasCode(error, 'SEGMENT_CORRUPT')) throw error;
      return undefined;
    });
  };

  it('answers with a mask of all rows or with SEGMENT_CORRUPT', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...planes),
        fc.array(fc.tuple(fc.nat(2000), fc.nat(255)), { minLength: 1, maxLength: 3 }),
        async (plane, changes) => {
          const bytes = Uint8Array.from(plane.bytes);
          for (const [at, value] of changes) bytes[at % bytes.length] = value;
          const result = await maskOf({ [plane.name]: bytes });
          if (result?.mask) expect(result.mask).toHaveLength(80);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('checks attributes also when their checksum is right', async () => {
    const index = planes.find(({ name }) => name === 'attributeIndex')!;
    const attributes = planes.find(({ name }) => name === 'attributes')!;
    const entries = JSON.parse(Buffer.from(index.bytes).toString()) as AttributeEntry[];
    await fc.assert(
      fc.asyncProperty(fc.nat(attributes.bytes.length - 1), fc.nat(255), async (at, value) => {
        const bytes = Uint8Array.from(attributes.bytes);
        bytes[at] = value;
        const resigned = entries.map((entry) => ({
          ...entry,
          crc32: crc32(bytes.subarray(entry.start, entry.start + entry.sizeBytes)),
        }));
        const result = await maskOf({
          attributes: bytes,
          attributeIndex: Buffer.from(JSON.stringify(resigned)),
        });
        if (result?.mask) expect(result.mask).toHaveLength(80);
      }),
      { numRuns: 500 },
    );
  });

  it.each<[string, object]>([
    ['start', { start: -1 }],
    ['start', { start: 1e9 }],
    ['start', { start: 0.5 }],
    ['size', { sizeBytes: null }],
    ['checksum', { crc32: 0 }],
    ['number of values', { values: 6 }],
    ['name', { name: 7 }],
  ])('refuses an index of attributes with a wrong %s: %j', async (_title, change) => {
    const { bytes } = planes.find(({ name }) => name === 'attributeIndex')!;
    const [first, ...rest] = JSON.parse(Buffer.from(bytes).toString()) as AttributeEntry[];
    const attributeIndex = Buffer.from(JSON.stringify([{ ...first, ...change }, ...rest]));
    expect(await maskOf({ attributeIndex })).toBeUndefined();
  });

  it.each([5, null, { numbers: null }, { numbers: [1] }, { strings: [1, 2] }, { booleans: 1 }])(
    'reads the attribute when what its index says of it makes no sense: %j',
    async (statistics) => {
      const { bytes } = planes.find(({ name }) => name === 'attributeIndex')!;
      const entries = JSON.parse(Buffer.from(bytes).toString()) as AttributeEntry[];
      const attributeIndex = Buffer.from(JSON.stringify(entries.map((entry) => ({ ...entry, statistics }))));
      expect(await maskOf({ attributeIndex })).toEqual(await maskOf({}));
    },
  );

  it.each(planes.map(({ name, bytes }) => [name, bytes] as const))(
    'refuses a plane that was cut: %s',
    async (name, bytes) => {
      for (const length of [0, 1, 7, 15, 16, 20, bytes.length - 8, bytes.length - 1])
        expect(await maskOf({ [name]: bytes.subarray(0, length) })).toBeUndefined();
    },
  );

  it.each([
    ['a document that is not there', { documents: Uint32Array.of(40), codes: Uint32Array.of(0) }],
    ['more documents than there are', { codes: new Uint32Array(41) }],
    ['a value that is not there', { documents: Uint32Array.of(7), codes: Uint32Array.of(1) }],
  ])('refuses an attribute of %s', async (_title, column) => {
    const attributes = packColumn({ ...column, values: ['x'] });
    const entry = { start: 0, sizeBytes: attributes.length, crc32: crc32(attributes), values: 1 };
    const index = ['year', 'serial', 'owner'].map((name) => ({ ...entry, name }));
    const attributeIndex = Buffer.from(JSON.stringify(index));
    expect(await maskOf({ attributes, attributeIndex })).toBeUndefined();
  });

  it('refuses rows of documents that are not there', async () => {
    const rowDocuments = new Uint8Array(320).fill(255, 316);
    expect(await maskOf({ rowDocuments })).toBeUndefined();
  });

  it('reads planes from any place of a larger buffer', async () => {
    const shifted = planes.map(({ name, bytes }) => {
      const larger = Buffer.alloc(bytes.length + 3);
      larger.set(bytes, 3);
      return { name, bytes: larger.subarray(3) };
    });
    const filters = { ...everything, entity: 'note' };
    const expected = await rowMask(planesReader(planes), sizesOf(sample), filters);
    expect(await rowMask(planesReader(shifted), sizesOf(sample), filters)).toEqual(expected);
  });
});
