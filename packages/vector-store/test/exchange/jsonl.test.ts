import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fromJsonl, toJsonl, type ImportOptions } from '../../src/exchange.ts';
import { documentOf } from '../deltas.ts';
import { arbitraryDocuments, collect, stream } from './documents.ts';

const written = async (...parameters: Parameters<typeof toJsonl>): Promise<Buffer> =>
  Buffer.concat(await collect(toJsonl(...parameters)));

const read = (text: string | Uint8Array, options?: ImportOptions) =>
  collect(fromJsonl(stream([Buffer.from(text)]), options));

const foreign = (...records: unknown[]) => records.map((record) => JSON.stringify(record)).join('\n');

describe('JSON lines', () => {
  it('give back every document exactly, however the bytes are cut', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryDocuments, fc.integer({ min: 1, max: 200 }), async (documents, step) => {
        const bytes = await written(stream(documents));
        const pieces = Array.from({ length: Math.ceil(bytes.length / step) }, (_, index) =>
          bytes.subarray(index * step, (index + 1) * step),
        );
        expect(await collect(fromJsonl(stream(pieces)))).toEqual(documents);
      }),
      { numRuns: 80 },
    );
  });

  it('have one line for each chunk, each complete in itself', async () => {
    const document = documentOf(1, { chunks: 2, url: 'https://example.org/1' });
    const lines = (await written(stream([document]))).toString().trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    const { vector, chunkId, ...chunk } = document.chunks[1]!;
    const { chunks: _chunks, deleted: _deleted, ...rest } = document;
    expect(JSON.parse(lines[1]!)).toEqual({
      id: chunkId,
      vector: expect.arrayContaining([expect.any(Number)]),
      meta: { ...rest, ...chunk },
    });
    expect(Float32Array.from((JSON.parse(lines[1]!) as { vector: number[] }).vector)).toEqual(vector);
  });

  it('say of a deleted document that it is deleted', async () => {
    const [line] = (await written(stream([documentOf(1, { deleted: true })]))).toString().split('\n');
    expect(JSON.parse(line!)).toMatchObject({ id: 'files/page#1', vector: null, meta: { deleted: true } });
  });

  it('have fewer digits when asked', async () => {
    const bytes = await written(stream([documentOf(1, { chunks: 1 })]), { vectorDigits: 3 });
    const { vector } = JSON.parse(bytes.toString()) as { vector: number[] };
    for (const value of vector) expect(Number(value.toPrecision(3))).toBe(value);
  });

  it('of another system need an id and a vector only', async () => {
    const [document] = await read(foreign({ id: 'note-7', vector: [3, 4] }));
    expect(document).toMatchObject({
      documentId: 'import/document#note-7',
      source: 'import',
      entity: 'document',
      entityId: 'note-7',
      title: 'note-7',
      attributes: {},
      deleted: false,
      chunks: [{ chunkId: 'note-7', ordinal: 0, text: '', start: 0, end: 0, vector: Float32Array.of(3, 4) }],
    });
  });

  it('of another system keep what else they say as attributes', async () => {
    const meta = {
      text: 'Hello',
      title: 'Greeting',
      author: 'Ann',
      year: 1999,
      open: true,
      tags: ['a'],
      nothing: null,
      place: { x: 1 },
    };
    const [document] = await read(foreign({ id: 12, vector: [1], meta }), {
      source: 'notes',
      entity: 'note',
    });
    expect(document).toMatchObject({
      documentId: 'notes/note#12',
      title: 'Greeting',
      chunks: [{ text: 'Hello', end: 5 }],
    });
    expect(document?.attributes).toEqual({
      author: 'Ann',
      year: 1999,
      open: true,
      tags: ['a'],
      place: '{"x":1}',
    });
  });

  it('of another system may join chunks by documentId, in their order', async () => {
    const documents = await read(
      foreign(
        { id: 'a1', vector: [1], meta: { documentId: 'a' } },
        { id: 'a2', vector: [2], meta: { documentId: 'a' } },
        { id: 'b1', vector: [3], meta: { documentId: 'b' } },
      ),
    );
    expect(
      documents.map(({ documentId, chunks }) => [documentId, chunks.map(({ ordinal }) => ordinal)]),
    ).toEqual([
      ['a', [0, 1]],
      ['b', [0]],
    ]);
  });

  it('of another system get a revision that follows from what they hold', async () => {
    const revision = { fence: 3, sequence: 9 };
    const text = foreign({ id: 'a', vector: [1, 2] });
    const [first, again, other] = await Promise.all([
      read(text, { revision }),
      read(text, { revision }),
      read(foreign({ id: 'a', vector: [1, 3] }), { revision }),
    ]);
    expect(first[0]?.revision).toMatchObject(revision);
    expect(again[0]?.revision).toEqual(first[0]?.revision);
    expect(other[0]?.revision.contentHash).not.toBe(first[0]?.revision.contentHash);
  });

  it('never make a prototype of an attribute', async () => {
    const [document] = await read('{"id":"a","vector":[1],"meta":{"__proto__":{"x":1}}}');
    expect(Object.getPrototypeOf(document?.attributes)).toBe(Object.prototype);
    expect(Object.keys(document!.attributes)).toEqual(['__proto__']);
  });

  it('may begin with a byte order mark, have empty lines and Windows line ends', async () => {
    const text = `\ufeff${foreign({ id: 'a', vector: [1] })}\r\n\r\n${foreign({ id: 'b', vector: [1] })}\r\n`;
    expect((await read(text)).map(({ entityId }) => entityId)).toEqual(['a', 'b']);
  });

  const good = foreign({ id: 'a', vector: [1, 2] });
  it.each([
    ['no JSON', '{"id":', 'it must be one JSON object'],
    ['no object', '[1]', 'it must be one JSON object'],
    ['no id', '{"vector":[1,2]}', '"id" must be a string that is not empty, not nothing'],
    ['an empty id', '{"id":"","vector":[1,2]}', '"id" must be a string that is not empty, not ""'],
    ['no vector', '{"id":"b"}', '"vector" must be a list of numbers, not nothing'],
    ['a vector of null', '{"id":"b","vector":null}', 'null is for what is deleted'],
    ['another number of dimensions', '{"id":"b","vector":[1,2,3]}', '"vector" must have 2 numbers, not 3'],
    ['a zero vector', '{"id":"b","vector":[0,-0]}', '"vector" must not be zero'],
    ['NaN', '{"id":"b","vector":[1,NaN]}', 'it must be one JSON object'],
    ['null within a vector', '{"id":"b","vector":[1,null]}', 'finite numbers; number 1 is null'],
    ['a number that f32 cannot hold', '{"id":"b","vector":[1e39,1]}', 'finite numbers; number 0 is 1e+39'],
    [
      'a title of the wrong type',
      '{"id":"b","vector":[1,2],"meta":{"title":5}}',
      '"meta.title" must be a string, not 5',
    ],
    [
      'a time that is none',
      '{"id":"b","vector":[1,2],"meta":{"modified":"soon"}}',
      '"meta.modified" must be an ISO 8601 time, not "soon"',
    ],
    [
      'a revision without its parts',
      '{"id":"b","vector":[1,2],"meta":{"revision":{}}}',
      '"meta.revision" must be an object with fence',
    ],
    [
      'a vector of what is deleted',
      '{"id":"b","vector":[1,2],"meta":{"deleted":true}}',
      '"vector" must be null',
    ],
    ['a meta that is no object', '{"id":"b","vector":[1,2],"meta":"x"}', '"meta" must be an object, not "x"'],
    ['a document that was left before', `${good.replace('"a"', '"c"')}\n${good}`, 'must lie side by side'],
  ])('with %s are refused by the number of the line', async (_title, line, what) => {
    const number = 2 + line.split('\n').length;
    await expect(read(`${good}\n\n${line}\n`)).rejects.toThrow(
      expect.objectContaining({
        code: 'IMPORT_INVALID',
        kind: 'invalid',
        details: { place: `line ${number}` },
      }),
    );
    await expect(read(`${good}\n\n${line}\n`)).rejects.toThrow(what);
  });

  it('with bytes that are no UTF-8 are refused', async () => {
    await expect(read(Buffer.from([0x22, 0xff, 0x22]))).rejects.toThrow('line 1: it must be UTF-8');
  });
});
