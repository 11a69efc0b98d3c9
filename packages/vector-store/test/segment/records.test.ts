import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Growable } from '../../src/bytes/growable.ts';
import { packOrdinals, unpackOrdinals } from '../../src/segment/dead-documents.ts';
import { documentKey, findDocuments } from '../../src/segment/document-keys.ts';
import {
  openRecord,
  parseChunk,
  parseDocument,
  pushRecord,
  splitRecords,
} from '../../src/segment/payload-records.ts';
import { packRows, RowRecords, rowStride } from '../../src/segment/row-records.ts';
import { documentOf } from '../deltas.ts';

const ordinals = fc
  .uniqueArray(fc.integer({ min: 0, max: 2 ** 31 }), { maxLength: 200 })
  .map((values) => values.sort((left, right) => left - right));

describe('dead documents', () => {
  it('are read as they were written', () => {
    fc.assert(
      fc.property(ordinals, (values) => {
        expect(unpackOrdinals(packOrdinals(values), 2 ** 31 + 1)).toEqual(values);
      }),
    );
  });

  it.each([
    ['one at the limit', packOrdinals([3, 10]), 10],
    ['the same one twice', Buffer.from([3, 0]).toString('base64'), 10],
    ['a number that does not end', Buffer.from([0x80]).toString('base64'), 10],
    ['a number without end', Buffer.alloc(400, 0x80).toString('base64'), 10],
    ['a number of six bytes', Buffer.from([0x80, 0x80, 0x80, 0x80, 0x80, 0]).toString('base64'), 10],
  ])('are refused: %s', (_name, text, limit) => {
    expect(unpackOrdinals(text, limit)).toBeUndefined();
  });
});

describe('the records of payload', () => {
  it('are split as they were put together, each checked', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 8 }), (records) => {
        const payload = new Growable(Uint8Array, 4);
        const ranges = records.map((record) => pushRecord(payload, record));
        expect(splitRecords(payload.view())).toEqual(records);
        ranges.forEach(({ offset, length }, index) => {
          expect(openRecord(payload.view().subarray(offset, offset + length))).toEqual(records[index]);
          const broken = payload.view().slice(offset, offset + length);
          broken[length - 1]! ^= 1;
          expect(openRecord(broken)).toBeUndefined();
          expect(splitRecords(broken)).toBeUndefined();
        });
      }),
    );
  });

  it.each([
    ['no JSON', '{'],
    ['no object', '7'],
    ['no revision', JSON.stringify({ ...documentOf(1), revision: undefined })],
    ['a time that is none', JSON.stringify({ ...documentOf(1), deletedAtMs: 'now' })],
  ])('are refused as a document: %s', (_name, text) => {
    expect(() => parseDocument(Buffer.from(text))).toThrow(
      expect.objectContaining({ code: 'SEGMENT_CORRUPT' }),
    );
  });

  it.each(['[', '{}', '["a"]', '["a",0,0,1,null]', '["a",-1,0,1,"t"]'])(
    'are refused as a chunk: %s',
    (text) => {
      expect(() => parseChunk(Buffer.from(text))).toThrow(
        expect.objectContaining({ code: 'SEGMENT_CORRUPT' }),
      );
    },
  );
});

describe('the records of rows', () => {
  const u32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
  const place = fc.record({
    ...{ document: u32, chunkOffset: u32, chunkLength: u32, documentOffset: u32, documentLength: u32 },
  });

  it('are read as they were written, and a changed byte is found', () => {
    fc.assert(
      fc.property(fc.array(place, { minLength: 1, maxLength: 6 }), fc.nat(), (places, chance) => {
        const dims = 5;
        const components = Int8Array.from({ length: places.length * dims }, (_, index) => (index * 37) % 127);
        const scales = Float32Array.from(places, (_place, row) => 1 / (row + 1));
        const bytes = packRows({ components, scales }, dims, (row) => places[row]!);
        const records = new RowRecords(bytes, dims);
        expect(records.scales).toEqual(scales);
        places.forEach((one, row) => {
          expect(records.place(row)).toEqual(one);
          expect(records.isIntact(row)).toBe(true);
        });
        const at = chance % bytes.length;
        const broken = new RowRecords(bytes.with(at, bytes[at]! ^ 4), dims);
        expect(broken.isIntact(Math.floor(at / rowStride(dims)))).toBe(false);
      }),
    );
  });
});

describe('document keys', () => {
  it('find the documents asked for, and no others', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 30 }), fc.nat(), (ids, chance) => {
        const plane = new Uint8Array(Buffer.concat(ids.map(documentKey)));
        const wanted = ids.filter((_, index) => (index + chance) % 3 === 0);
        expect(findDocuments(plane, [...wanted, 'no such document, ever']).map((at) => ids[at])).toEqual(
          wanted,
        );
      }),
    );
  });
});
