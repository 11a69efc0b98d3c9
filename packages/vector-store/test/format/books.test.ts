import { describe, expect, it } from '@jest/globals';
import { parseMarks } from '../../src/history/garbage-marks.ts';
import { parseTag } from '../../src/history/tags.ts';
import { parseApplied } from '../../src/publish/applied-deltas.ts';
import { parseHistoryPage } from '../../src/snapshot/manifest.ts';

const SHA256 = 'a'.repeat(64);

const TAG = {
  ...{ format: 'tag.v1', name: 'good', version: 3, manifestKey: 'm', manifestSha256: SHA256 },
  createdAt: '2026-01-01T00:00:00Z',
};
const MARKS = {
  ...{ format: 'garbage-marks.v1', markId: 'x', kind: 'erased', markedAt: '2026-01-01T00:00:00Z' },
  candidates: [{ key: 'k', sizeBytes: 1 }],
};
const RUN = { runId: 'r', attempt: 1, parts: [{ part: 0, deltaId: 'd' }], appliedAtMs: 5 };
const APPLIED = { format: 'applied-deltas.v1', runs: [RUN], expired: ['old'], reverted: [RUN] };
const PAGE = {
  format: 'history-page.v1',
  versions: [
    {
      ...{ version: 1, publishId: 'p', sha256: SHA256 },
      ...{ createdAt: '2026-01-01T00:00:00Z', documents: 1, chunks: 2 },
    },
  ],
};

type Parse = (bytes: Uint8Array, key: string) => unknown;

const BOOKS: [string, Parse, Record<string, unknown>][] = [
  ['TAG_CORRUPT', parseTag, TAG],
  ['GARBAGE_CORRUPT', parseMarks, MARKS],
  ['APPLIED_CORRUPT', parseApplied, APPLIED],
  ['HISTORY_CORRUPT', parseHistoryPage, PAGE],
];

describe.each(BOOKS)('an object whose error is %s', (code, parse, good) => {
  const parsed = (value: unknown): unknown => parse(Buffer.from(JSON.stringify(value)), 'its key');

  it('is read as it was written', () => {
    expect(parsed(good)).toEqual(good);
  });

  it('is refused without one of its fields, or with another in its place', () => {
    for (const name of Object.keys(good).filter((one) => one !== 'format' && one !== 'reverted'))
      for (const value of [undefined, null, [{}]])
        expect(() => parsed({ ...good, [name]: value })).toThrow(
          expect.objectContaining({ code, kind: 'corrupt', details: { key: 'its key' } }),
        );
  });

  it.each([null, 7, [], {}])('is refused when it is %j', (value) => {
    expect(() => parsed(value)).toThrow(expect.objectContaining({ code, kind: 'corrupt' }));
  });

  it('is unsupported in another format', () => {
    expect(() => parsed({ ...good, format: 'of tomorrow' })).toThrow(
      expect.objectContaining({ code: 'FORMAT_UNSUPPORTED' }),
    );
  });
});
