import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parquetMetadata, parquetReadObjects, parquetSchema, type SchemaElement } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { fromParquet, toParquet, type ImportOptions } from '../../src/exchange.ts';
import { documentOf } from '../deltas.ts';
import { arbitraryDocuments, collect, stream } from './documents.ts';

const written = async (...parameters: Parameters<typeof toParquet>): Promise<ArrayBuffer> => {
  const bytes = Buffer.concat(await collect(toParquet(...parameters)));
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
};

const fileOf = (bytes: ArrayBuffer) => ({
  byteLength: bytes.byteLength,
  slice: async (start: number, end?: number) => bytes.slice(start, end),
});

const read = (bytes: ArrayBuffer, options?: ImportOptions) => collect(fromParquet(fileOf(bytes), options));

const LIST: SchemaElement[] = [
  { name: 'vector', converted_type: 'LIST', repetition_type: 'OPTIONAL', num_children: 1 },
  { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
  { name: 'element', type: 'DOUBLE', repetition_type: 'OPTIONAL' },
];
const TEXT = { type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' } as const;

/** A file of another system: columns of text but for `vector` and `year`. */
const foreign = (columns: Record<string, unknown[]>): ArrayBuffer => {
  const names = Object.keys(columns);
  const elements = names.flatMap((name): SchemaElement[] => {
    if (name === 'vector') return LIST;
    return [name === 'year' ? { name, type: 'INT32', repetition_type: 'OPTIONAL' } : { name, ...TEXT }];
  });
  return parquetWriteBuffer({
    schema: [{ name: 'root', num_children: names.length }, ...elements],
    columnData: Object.entries(columns).map(([name, data]) => ({ name, data })),
  });
};

describe('Parquet', () => {
  it('gives back every document exactly, however many row groups there are', async () => {
    await fc.assert(
      fc.asyncProperty(
        arbitraryDocuments,
        fc.constantFrom(1, 600, 1_000_000),
        async (documents, groupBytes) => {
          expect(await read(await written(stream(documents), { groupBytes }))).toEqual(documents);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('has a row for each chunk in columns with plain types', async () => {
    const document = documentOf(1, {
      url: 'https://example.org/1',
      modified: '2024-05-01T00:00:00Z',
      attributes: { year: 2001 },
    });
    const file = await written(stream([document]));
    const rows = await parquetReadObjects({ file });
    const { vector, chunkId, text } = document.chunks[1]!;
    expect(rows[1]).toMatchObject({
      id: chunkId,
      document_id: 'files/page#1',
      source: 'files',
      entity: 'page',
      entity_id: '1',
      title: 'Page 1',
      url: 'https://example.org/1',
      attributes: '{"year":2001}',
      fence: 1n,
      sequence: 1n,
      deleted: false,
      ordinal: 1n,
      text,
    });
    expect((rows[1]?.['modified'] as Date).toISOString()).toBe('2024-05-01T00:00:00.000Z');
    expect(Float32Array.from(rows[1]?.['vector'] as number[])).toEqual(vector);
    const { children } = parquetSchema(parquetMetadata(file));
    const list = children.find(({ element }) => element.name === 'vector');
    expect(list?.element.converted_type).toBe('LIST');
    expect(list?.children[0]?.children[0]?.element.type).toBe('FLOAT');
  });

  it('comes in pieces of bounded size and row groups', async () => {
    const documents = Array.from({ length: 400 }, (_, id) => documentOf(id, { chunks: 1 }));
    const pieces = await collect(toParquet(stream(documents), { groupBytes: 20_000 }));
    const groups = parquetMetadata(await written(stream(documents), { groupBytes: 20_000 })).row_groups;
    expect(groups.length).toBeGreaterThan(3);
    expect(pieces).toHaveLength(groups.length + 1);
    for (const { num_rows } of groups) expect(Number(num_rows)).toBeLessThan(100);
  });

  it('is a file when there is nothing', async () => {
    expect(await read(await written(stream([])))).toEqual([]);
  });

  it('of another system needs an id and a vector only; other columns are attributes', async () => {
    const vector = [
      [1, 2],
      [3, 4],
    ];
    const file = foreign({ id: ['a', 'b'], vector, text: ['Hello', null], year: [1999, 2000] });
    const documents = await read(file, { source: 'notes', entity: 'note' });
    expect(documents).toMatchObject([
      { documentId: 'notes/note#a', attributes: { year: 1999 }, chunks: [{ chunkId: 'a', text: 'Hello' }] },
      { documentId: 'notes/note#b', attributes: { year: 2000 }, chunks: [{ chunkId: 'b', text: '' }] },
    ]);
    expect(documents[1]?.chunks[0]?.vector).toEqual(Float32Array.of(3, 4));
  });

  it.each([
    ['a vector of other dimensions', [[1, 2], [3]], 'row 2: "vector" must have 2 numbers, not 1'],
    [
      'NaN',
      [
        [1, 2],
        [3, Number.NaN],
      ],
      'row 2: "vector" must have finite numbers',
    ],
    [
      'a zero vector',
      [
        [1, 2],
        [0, 0],
      ],
      'row 2: "vector" must not be zero',
    ],
    ['no vector', [[1, 2], null], 'row 2: "vector" must be a list of numbers'],
  ])('with %s is refused by the number of the row', async (_title, data, message) => {
    const file = foreign({ id: ['a', 'b'], vector: data });
    await expect(read(file)).rejects.toThrow(message);
    await expect(read(file)).rejects.toThrow(expect.objectContaining({ code: 'IMPORT_INVALID' }));
  });

  it('without the columns that an import needs is refused by what it has', async () => {
    const file = foreign({ id: ['a'], title: ['x'] });
    await expect(read(file)).rejects.toThrow('must have the columns "id" and "vector", and has id, title');
  });

  it('that is none, or cut off, is refused', async () => {
    const file = await written(stream([documentOf(1)]));
    for (const bytes of [
      Buffer.from('{"id":"a"}\n{"id":"b"}\n'),
      Buffer.from(file.slice(0, -20)),
      Buffer.alloc(0),
    ]) {
      const copy = new Uint8Array(bytes).buffer;
      await expect(read(copy)).rejects.toThrow(
        expect.objectContaining({ code: 'IMPORT_INVALID', details: { place: 'the file' } }),
      );
    }
  });
});
