import { describe, expect, it } from '@jest/globals';
import { idempotencyKeyOf, makeEvent, partFailedV1, type EventOrigin } from '@alluvium/contracts';

let events = 0;
const origin: EventOrigin = {
  producer: 'ingest@0.1.0',
  nowMs: () => Date.UTC(2026, 2, 1),
  newEventId: () => `01JD3Z5Q6V8X9Y0ZABCDEFGH${String((events += 1)).padStart(2, '0')}`,
  newTraceId: () => '4bf92f3577b34da6a3ce929d0e0e4736',
};

const runId = '0'.repeat(26);
const failed = {
  runId,
  attempt: 1,
  part: 0,
  collection: 'docs',
  stage: 'chunk',
  error: { code: 'X', message: 'why' },
};

describe('makeEvent', () => {
  it('starts a chain with its own id as the cause', () => {
    const { detail, detailType, source } = makeEvent(partFailedV1, failed, { correlationId: runId }, origin);
    expect([source, detailType]).toEqual(['ingest', 'part.failed.v1']);
    expect(detail.metadata).toMatchObject({ correlationId: runId, causationId: detail.metadata.eventId });
  });

  it('keeps trace and correlation along a chain and names the parent', () => {
    const parent = makeEvent(partFailedV1, failed, { correlationId: 'job-1' }, origin).detail.metadata;
    const child = makeEvent(partFailedV1, { ...failed, part: 1 }, parent, origin).detail.metadata;
    expect(child).toMatchObject({
      causationId: parent.eventId,
      correlationId: 'job-1',
      traceId: parent.traceId,
    });
    expect(child.eventId).not.toBe(parent.eventId);
  });

  it('gives the same idempotency key on every retry and another one to another event', () => {
    const first = makeEvent(partFailedV1, failed, { correlationId: runId }, origin).detail.metadata;
    const retry = makeEvent(
      partFailedV1,
      { ...failed, error: { code: 'Y', message: 'else' } },
      first,
      origin,
    );
    expect(retry.detail.metadata.idempotencyKey).toBe(first.idempotencyKey);
    expect(idempotencyKeyOf(partFailedV1, { ...failed, part: 1 })).not.toBe(first.idempotencyKey);
  });

  it('refuses data that does not fit, naming the JSON path', () => {
    const build = () => makeEvent(partFailedV1, { ...failed, part: -1 }, { correlationId: runId }, origin);
    expect(build).toThrow(
      expect.objectContaining({ code: 'EVENT_INVALID', details: { path: '/data/part', keyword: 'minimum' } }),
    );
  });

  it('refuses a field that the contract does not declare', () => {
    const build = () =>
      makeEvent(partFailedV1, { ...failed, extra: true } as never, { correlationId: runId }, origin);
    expect(build).toThrow(
      expect.objectContaining({ details: expect.objectContaining({ path: '/data/extra' }) }),
    );
  });

  it('refuses an event above 64 kB', () => {
    // No event of ours gets that large by what its schema allows.
    const boundless = { ...partFailedV1, closed: partFailedV1.open };
    const data = { ...failed, filler: 'x'.repeat(65_536) };
    const build = () => makeEvent(boundless, data, { correlationId: runId }, origin);
    expect(build).toThrow(expect.objectContaining({ code: 'EVENT_TOO_LARGE' }));
  });
});
