import { describe, expect, it } from '@jest/globals';
import type { EventEntry, InvocationEntry } from '../src/live/journal-entry.ts';
import { timelineOf } from '../src/live/timeline.ts';

const RUN = 'run-1';
let seq = 0;

const event = (
  atMs: number,
  type: string,
  data: Record<string, unknown>,
  links: { id: string; cause?: string; run?: string },
): EventEntry => ({
  kind: 'event',
  seq: (seq += 1),
  atMs,
  bus: 'main',
  validity: 'valid',
  event: {
    id: `bus-${links.id}`,
    'detail-type': `${type}.v1`,
    source: 'test',
    time: '',
    detail: {
      metadata: { eventId: links.id, correlationId: links.run ?? RUN, causationId: links.cause ?? links.id },
      data: { collection: 'docs', attempt: 1, ...data },
    },
  },
});

const invocation = (
  functionName: string,
  eventIds: string[],
  beganAtMs: number,
  endedAtMs?: number,
): InvocationEntry => ({
  kind: 'invocation',
  seq: (seq += 1),
  functionName: `alluvium-${functionName}`,
  requestId: `request-${seq}`,
  beganAtMs,
  ...(endedAtMs !== undefined && { endedAtMs }),
  eventIds,
  receives: 1,
});

const begun = [event(0, 'run.started', {}, { id: 'started' })];
const derived = (records: number) =>
  event(100, 'documents.derived', { part: 0, records }, { id: 'derived', cause: 'fetched' });

describe('the timeline of a run', () => {
  it('is unknown without an event', () => {
    expect(timelineOf(RUN, [], [])).toBeUndefined();
  });

  it('tells waiting from work', () => {
    const chunks = event(300, 'chunks.created', { part: 0 }, { id: 'chunks', cause: 'derived' });
    const calls = [
      invocation('chunk-dev-onDocumentsDerived', ['derived'], 180, 310),
      invocation('orchestrator-dev-onStageEvent', ['derived'], 101, 120),
    ];
    const bars = timelineOf(RUN, [...begun, derived(3), chunks], calls)?.bars ?? [];
    expect(bars.find(({ stage }) => stage === 'chunk')).toMatchObject({
      ...{ part: 0, queuedAtMs: 100, beganAtMs: 180, endedAtMs: 300, retries: 0, isFailed: false },
    });
  });

  it('counts every call after the first as a retry', () => {
    const calls = [
      invocation('chunk-dev-onDocumentsDerived', ['derived'], 110, 120),
      invocation('chunk-dev-onDocumentsDerived', ['derived'], 200),
    ];
    const [bar] = timelineOf(RUN, [...begun, derived(3)], calls)?.bars ?? [];
    expect(bar).toMatchObject({ stage: 'chunk', retries: 1 });
    expect(bar).not.toHaveProperty('endedAtMs');
  });

  it('ends a part without changes where it is derived', () => {
    expect(timelineOf(RUN, [...begun, derived(0)], [])?.bars).toEqual([]);
  });

  it('ends a part that a stage gave up as failed', () => {
    const cause = derived(3);
    const failed = event(
      250,
      'part.failed',
      { part: 0, stage: 'chunk', error: { code: 'X', message: 'x' } },
      { id: 'failed', cause: 'derived' },
    );
    expect(timelineOf(RUN, [...begun, cause, failed], [])?.bars).toMatchObject([
      { stage: 'chunk', isFailed: true, endedAtMs: 250 },
    ]);
  });

  it('takes the next snapshot of the collection for the end of a delta', () => {
    const delta = event(400, 'delta.created', { part: 0 }, { id: 'delta' });
    const other = event(500, 'snapshot.published', { collection: 'other' }, { id: 'other', run: 'settle' });
    const mine = event(600, 'snapshot.published', { version: 2 }, { id: 'mine', run: 'settle' });
    const calls = [invocation('compactor-dev-onDoorbell', [], 450, 620)];
    expect(timelineOf(RUN, [...begun, delta, other, mine], calls)?.bars).toMatchObject([
      { stage: 'settle', queuedAtMs: 400, beganAtMs: 450, endedAtMs: 600 },
    ]);
  });

  it('shows the newest attempt alone', () => {
    const again = event(900, 'documents.derived', { part: 0, records: 1, attempt: 2 }, { id: 'again' });
    const timeline = timelineOf(RUN, [...begun, derived(3), again], []);
    expect(timeline?.bars).toMatchObject([{ stage: 'chunk', queuedAtMs: 900 }]);
  });
});
