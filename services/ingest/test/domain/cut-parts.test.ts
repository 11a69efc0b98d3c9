import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cutParts, positionAfter, type ReadRecord } from '../../src/domain/cut-parts.ts';
import { collect } from '../support/collect.ts';

const recordsOf = (lengths: number[]): ReadRecord[] =>
  lengths.map((length, sequence) => ({
    record: { sequence, path: `${sequence}.txt`, mediaType: 'text/plain', body: 'x'.repeat(length) },
    next: { file: sequence + 1, record: 0, sequence: sequence + 1 },
  }));

async function* streamOf<T>(items: T[]) {
  yield* items;
}

const limits = { maxChars: 50, maxRecords: 5 };

describe('cutParts', () => {
  it('keeps every record, in order, within the limits, and knows where to go on', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(80)), async (lengths) => {
        const all = recordsOf(lengths);
        const parts = await collect(cutParts(streamOf(all), limits));
        expect(parts.flatMap(({ records }) => records)).toEqual(all.map(({ record }) => record));
        for (const { records, next } of parts) {
          const chars = records.reduce((sum, { body }) => sum + body!.length, 0);
          expect(records.length === 1 || chars <= limits.maxChars).toBe(true);
          expect(records.length).toBeLessThanOrEqual(limits.maxRecords);
          expect(next.sequence).toBe(records.at(-1)!.sequence + 1);
        }
      }),
    );
  });

  it('cuts the rest alike when it goes on behind a part', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(80)), fc.nat(5), async (lengths, skip) => {
        const all = recordsOf(lengths);
        const parts = await collect(cutParts(streamOf(all), limits));
        const done = parts.slice(0, skip).at(-1)?.next.sequence ?? 0;
        const rest = await collect(cutParts(streamOf(all.slice(done)), limits));
        expect(rest).toEqual(parts.slice(skip));
      }),
    );
  });
});

describe('positionAfter', () => {
  const upload = {
    collection: 'docs',
    uploadId: 'u',
    source: 'files',
    createdAt: '2026-03-01T11:00:00.000Z',
    files: ['a.md', 'b.jsonl', 'c#1'].map((path) => ({ path, bytes: 1, sha256: '0'.repeat(64) })),
  };

  it.each([
    ['a.md', { file: 1, record: 0, sequence: 8 }],
    ['b.jsonl#12', { file: 1, record: 12, sequence: 8 }],
    ['b.jsonl', { file: 2, record: 0, sequence: 8 }],
    ['c#1', { file: 3, record: 0, sequence: 8 }],
  ])('goes on behind %s', (path, position) => {
    expect(positionAfter(upload, { path, sequence: 7 })).toEqual(position);
  });
});
