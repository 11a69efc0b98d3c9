import { describe, expect, it } from '@jest/globals';
import {
  assertEvent,
  assertReadable,
  collectionV1,
  derivedDocumentV1,
  partFailedV1,
  type DerivedDocumentV1,
  type PartFailedV1,
} from '@alluvium/contracts';

const document: DerivedDocumentV1 = {
  ...{ documentId: 'files/document#a.md', source: 'files', entity: 'document', entityId: 'a.md', title: 'A' },
  attributes: { colour: 'red' },
  revision: { fence: 1, sequence: 0, contentHash: '0'.repeat(64) },
  deleted: false,
  text: 'a',
};

const event: PartFailedV1 = {
  metadata: {
    eventId: '01JD3Z5Q6V8X9Y0ZABCDEFGHJK',
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    correlationId: 'job-1',
    causationId: '01JD3Z5Q6V8X9Y0ZABCDEFGHJK',
    idempotencyKey: '0'.repeat(64),
    producer: 'chunk@0.1.0',
    occurredAt: '2026-03-01T12:00:00.000Z',
  },
  data: {
    ...{ runId: '0'.repeat(26), attempt: 1, part: 0, collection: 'docs', stage: 'chunk' },
    error: { code: 'X', message: 'why' },
  },
};

describe('a consumer', () => {
  it('gets an event without the fields that it does not know, at every level', () => {
    const { metadata, data } = event;
    const newer = {
      later: 1,
      metadata: { ...metadata, region: 'eu' },
      data: { ...data, later: {}, error: { ...data.error, hint: 'look there' } },
    };
    expect(assertEvent(partFailedV1, newer, 'consumer')).toEqual(event);
    expect(newer.data.error.hint).toBe('look there');
  });

  it('keeps every field of a free map', () => {
    const newer = { ...document, revision: { ...document.revision, clock: 7 }, language: 'en' };
    expect(assertReadable(derivedDocumentV1, newer)).toEqual(document);
  });

  it('gets the very value when there is nothing to leave out', () => {
    expect(assertReadable(derivedDocumentV1, document)).toBe(document);
  });

  it('is not fooled by names that every object has', () => {
    const collection = {
      collection: 'docs',
      createdAt: '2026-03-01T12:00:00Z',
      updatedAt: '2026-03-01T12:00:00Z',
    };
    const text = JSON.stringify(collection).replace(
      '{',
      '{"__proto__":{"a":1},"constructor":1,"toString":2,',
    );
    const read = assertReadable(collectionV1, JSON.parse(text));
    expect(Object.keys(read)).toEqual(Object.keys(collection));
  });

  it('refuses what does not fit, with the place of the fault and not that of an unknown field', () => {
    const broken = { ...event, later: 1, data: { ...event.data, part: -1 } };
    expect(() => assertEvent(partFailedV1, broken, 'consumer')).toThrow(
      expect.objectContaining({ code: 'EVENT_INVALID', details: { path: '/data/part', keyword: 'minimum' } }),
    );
    expect(() => assertReadable(derivedDocumentV1, { ...document, later: 1, text: 5 })).toThrow(
      expect.objectContaining({ code: 'DOCUMENT_INVALID', details: { path: '/text', keyword: 'type' } }),
    );
  });
});

describe('a producer', () => {
  it('may not add a field', () => {
    expect(() => assertEvent(partFailedV1, { ...event, later: 1 }, 'producer')).toThrow(
      expect.objectContaining({ details: { path: '/later', keyword: 'additionalProperties' } }),
    );
  });
});
