import { publicUrl } from '@alluvium/connectors';
import { describe, expect, it } from '@jest/globals';
import { derivedDocumentV1, type RawRecordV1 } from '@alluvium/contracts';
import fc from 'fast-check';
import { deriveRecord } from '../../src/domain/derive-record.ts';

const context = { source: 'files', fence: 3 };

const json = (value: unknown): RawRecordV1 => ({
  sequence: 0,
  path: 'r.jsonl#1',
  mediaType: 'application/json',
  body: JSON.stringify(value),
});

const documentOf = (record: RawRecordV1) => {
  const derivation = deriveRecord(record, context);
  if ('document' in derivation) return derivation.document;
  throw new Error(derivation.reject.error.message);
};

describe('deriveRecord', () => {
  it('reads every field of a JSON record and makes the unknown ones attributes', () => {
    const record = {
      id: 7,
      entity: 'country',
      title: 'Aruba',
      body: 'An island.',
      url: 'https://example.org/aw',
      modified: '2024-05-01',
      attributes: { tags: ['a', 'b'], nested: { no: 1 } },
      area: 180,
      nothing: null,
    };
    expect(documentOf(json(record))).toMatchObject({
      documentId: 'files/country#7',
      title: 'Aruba',
      text: 'An island.',
      url: 'https://example.org/aw',
      modified: '2024-05-01T00:00:00.000Z',
      attributes: { tags: ['a', 'b'], area: 180 },
    });
  });

  it('keeps what a record refers to, among its attributes as well', () => {
    const edges = [
      { relation: 'authors', entity: 'person', entityId: 7 },
      { relation: 'authors', entity: 'person', entityId: '7' },
      { relation: 'partOf', entity: 'series', entityId: 'a b' },
    ];
    const document = documentOf(json({ id: 1, text: 'x', edges }));
    expect(document).toMatchObject({
      edges: [
        { relation: 'authors', entity: 'person', entityId: '7' },
        { relation: 'partOf', entity: 'series', entityId: 'a b' },
      ],
      attributes: { authors: ['person#7'], partOf: ['series#a b'] },
    });
    expect(derivedDocumentV1.closed(document)).toBe(true);
    expect(documentOf(json({ id: 1, text: 'x', edges: ['north', 'south'] }))).toMatchObject({
      attributes: { edges: ['north', 'south'] },
    });
    expect(deriveRecord(json({ id: 1, text: 'x', edges: [{ relation: 'authors' }] }), context)).toMatchObject(
      {
        reject: { error: { code: 'RECORD_INVALID', message: expect.stringContaining('entityId') } },
      },
    );
  });

  it('hashes the content alone: place and run make no difference, every field of the content does', () => {
    const hashOf = (record: RawRecordV1, fence = 1) => {
      const derivation = deriveRecord(record, { source: 'files', fence });
      return 'document' in derivation ? derivation.document.revision.contentHash : undefined;
    };
    const base = { id: 'x', title: 'T', text: 'Text.', attributes: { a: 1 } };
    expect(hashOf({ ...json(base), sequence: 9, path: 'other.jsonl#4' }, 2)).toBe(hashOf(json(base)));
    const others = [
      { title: 'U' },
      { text: 'U.' },
      { url: 'https://e.org' },
      { modified: '2024' },
      { attributes: { a: 2 } },
      { b: 1 },
    ];
    const hashes = others.map((change) => hashOf(json({ ...base, ...change })));
    expect(new Set([hashOf(json(base)), ...hashes]).size).toBe(others.length + 1);
  });

  it('says where JSON breaks', () => {
    const record = { ...json({}), body: '{"text": "a" "b"}' };
    const derivation = deriveRecord(record, context);
    expect(derivation).toMatchObject({ reject: { path: 'r.jsonl#1', error: { code: 'JSON_INVALID' } } });
    expect(JSON.stringify(derivation)).toMatch(/r\.jsonl#1 is not valid JSON.*position 13/);
  });

  it('gives a document that fits its schema, or a reason, for whatever JSON there is', () => {
    const value = fc.oneof(
      fc.jsonValue(),
      fc.record(
        {
          id: fc.oneof(fc.string({ unit: 'binary' }), fc.integer(), fc.boolean()),
          entity: fc.oneof(fc.string(), fc.constant('page')),
          title: fc.oneof(fc.string({ unit: 'binary', maxLength: 2000 }), fc.integer()),
          text: fc.string({ unit: 'binary' }),
          url: fc.oneof(fc.webUrl(), fc.string()),
          modified: fc.oneof(fc.string(), fc.date({ noInvalidDate: true }).map(String)),
          attributes: fc.jsonValue(),
        },
        { requiredKeys: [] },
      ),
    );
    fc.assert(
      fc.property(value, (body) => {
        const derivation = deriveRecord(json(body), context);
        if ('document' in derivation) {
          const { document } = derivation;
          expect([derivedDocumentV1.closed(document), derivedDocumentV1.closed.errors]).toEqual([true, null]);
        } else expect(derivation.reject.error.message).toContain('r.jsonl#1');
      }),
      { numRuns: 500 },
    );
  });
});

describe('publicUrl', () => {
  it.each([
    ['https://e.org/a?page=2&q=key', 'https://e.org/a?page=2&q=key'],
    ['https://e.org/a?apikey=1&page=2', 'https://e.org/a?page=2'],
    ['https://e.org/a?X-Amz-Signature=1&X-Amz-Credential=2&X-Amz-Security-Token=3', 'https://e.org/a'],
    ['https://e.org/a?access_token=1&sig=2&Key=3#there', 'https://e.org/a#there'],
    ['https://me:secret@e.org/', 'https://e.org/'],
    ['javascript:alert(1)', undefined],
    ['not a url', undefined],
  ])('makes %s fit to be shown', (url, shown) => {
    expect(publicUrl(url)).toBe(shown);
  });
});
