import { describe, expect, it } from '@jest/globals';
import { makeEvent, MAX_EVENT_BYTES, type EventContract, type EventDetail } from '@alluvium/contracts';
import { events } from '@alluvium/contracts/catalogue';
import { testRuntime } from '@alluvium/testkit';
import { largestValue } from './support/largest-value.ts';
import { eventSchemas } from './support/schema-tree.ts';

const contracts = events as Record<string, EventContract<EventDetail>>;

describe('the budget of an event', () => {
  it('is 64 KiB, a quarter of what EventBridge takes in one request', () => {
    expect(MAX_EVENT_BYTES).toBe(64 * 1024);
  });
});

describe.each(eventSchemas)('the largest $name', ({ name, schema }) => {
  const contract = contracts[name]!;
  // Boundless, so that the size alone decides.
  const anySize = { ...contract, closed: contract.open };
  const largest = largestValue(schema) as EventDetail;
  const { metadata, data } = largest;
  const origin = {
    ...testRuntime('test').origin,
    producer: metadata.producer,
    newEventId: () => metadata.eventId,
    newTraceId: () => metadata.traceId,
  };
  const build = (value: EventDetail['data']) => makeEvent(anySize, value, metadata, origin);
  const sizeOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

  it('is one that its producer may emit', () => {
    expect([contract.closed(largest), contract.closed.errors]).toEqual([true, null]);
  });

  it('stays under the budget', () => {
    expect(sizeOf(largest)).toBeLessThan(MAX_EVENT_BYTES);
    expect(sizeOf(makeEvent(contract, data, metadata, origin).detail)).toBeLessThan(MAX_EVENT_BYTES);
  });

  it('may fill the budget to the last byte and not one more', () => {
    const withFiller = (length: number) => ({ ...(data as object), filler: 'x'.repeat(length) });
    const free = MAX_EVENT_BYTES - sizeOf(build(withFiller(0)).detail);
    expect(sizeOf(build(withFiller(free)).detail)).toBe(MAX_EVENT_BYTES);
    expect(() => build(withFiller(free + 1))).toThrow(expect.objectContaining({ code: 'EVENT_TOO_LARGE' }));
  });
});
