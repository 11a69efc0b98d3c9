import { describe, expect, it } from '@jest/globals';
import {
  checkpointIsDurable,
  completedOnce,
  droppedIsCarried,
  endedIsTrue,
  indexIsSource,
  jobEndsAbsorb,
  type Ended,
  type JobMove,
} from '../invariants/pipeline.ts';

describe('the end of a crawl', () => {
  it('breaks S12 when it is told by two events, or by none', () => {
    const told = { runId: 'r', eventIds: ['e'], isGivenUp: false };
    expect(completedOnce.fault(told)).toBeUndefined();
    expect(completedOnce.fault({ ...told, eventIds: [], isGivenUp: true })).toBeUndefined();
    for (const eventIds of [[], ['e', 'f']])
      expect(completedOnce.fault({ ...told, eventIds })).toEqual(expect.any(String));
  });

  const ended = (rest: Partial<Ended> = {}): Ended => ({
    ...{ runId: 'r', outcome: 'done', parts: 2, isCrawlFailed: false },
    applied: new Set([0, 1]),
    failed: new Set(),
    ...rest,
  });

  it('may be a failure when a part or the crawl is lost', () => {
    expect(endedIsTrue.fault(ended())).toBeUndefined();
    expect(endedIsTrue.fault(ended({ outcome: 'failed', failed: new Set([1]) }))).toBeUndefined();
    expect(endedIsTrue.fault(ended({ outcome: 'failed', isCrawlFailed: true }))).toBeUndefined();
  });

  it.each<[string, Partial<Ended>]>([
    ['a part is not in the index', { applied: new Set([1]) }],
    ['the run is not sealed', { parts: undefined }],
    ['nothing is lost and it is called failed', { outcome: 'failed' }],
  ])('breaks S11 when %s', (_, rest) => {
    expect(endedIsTrue.fault(ended(rest))).toEqual(expect.any(String));
  });
});

describe('a job', () => {
  const move = (after: JobMove['after']): JobMove => ({
    jobId: 'j',
    before: { attempt: 1, outcome: 'done', completedAt: 't' },
    after,
  });

  it('may begin another attempt', () => {
    expect(jobEndsAbsorb.fault(move({ attempt: 2 }))).toBeUndefined();
  });

  it.each<[string, JobMove['after']]>([
    ['ends otherwise', { attempt: 1, outcome: 'failed', completedAt: 't' }],
    ['ends again', { attempt: 1, outcome: 'done', completedAt: 'u' }],
    ['goes on', { attempt: 1 }],
    ['goes back to an older attempt', { attempt: 0 }],
    ['is gone', undefined],
  ])('that has ended breaks S16 when it %s', (_, after) => {
    expect(jobEndsAbsorb.fault(move(after))).toEqual(expect.any(String));
  });
});

describe('what ingest remembers', () => {
  it('breaks S15 when it is not stored', () => {
    expect(checkpointIsDurable.fault({ what: 'part 0', missing: [] })).toBeUndefined();
    expect(checkpointIsDurable.fault({ what: 'part 0', missing: ['raw/k'] })).toEqual(expect.any(String));
  });

  it('breaks S19 when it leaves out what nobody brings', () => {
    const dropped = { documentId: 'd', runId: 'r', part: 0, isCarried: true };
    expect(droppedIsCarried.fault(dropped)).toBeUndefined();
    expect(droppedIsCarried.fault({ ...dropped, isCarried: false })).toEqual(expect.any(String));
  });

  it.each([
    ['misses a document', new Map()],
    ['has another text', new Map([['d', 'old']])],
    [
      'has a document too many',
      new Map([
        ['d', 'new'],
        ['e', 'gone'],
      ]),
    ],
  ])('breaks S19 when the index %s in the end', (_, index: Map<string, string>) => {
    const source = new Map([['d', 'new']]);
    expect(indexIsSource.fault({ source, index: source })).toBeUndefined();
    expect(indexIsSource.fault({ source, index })).toEqual(expect.any(String));
  });
});
