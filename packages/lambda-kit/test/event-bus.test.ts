import { describe, expect, it } from '@jest/globals';
import { partFailedV1 } from '@alluvium/contracts';
import { eventBus } from '@alluvium/lambda-kit';
import { testRuntime } from '@alluvium/testkit';
import type { PutEventsCommand, PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { makeEvent } from '@alluvium/contracts';

const { origin } = testRuntime('chunk');
const eventOf = (part: number) =>
  makeEvent(
    partFailedV1,
    {
      runId: '0'.repeat(26),
      attempt: 1,
      part,
      collection: 'docs',
      stage: 'chunk',
      error: { code: 'X', message: 'y' },
    },
    { correlationId: 'run' },
    origin,
  );

/** EventBridge that refuses the entries `refuses` tells it to, at each try. */
const flakyBridge = (refuses: (entry: PutEventsRequestEntry, call: number) => boolean) => {
  const accepted: PutEventsRequestEntry[] = [];
  const sizes: number[] = [];
  const send = async ({ input }: PutEventsCommand) => {
    const entries = input.Entries ?? [];
    sizes.push(entries.length);
    const results = entries.map((entry) => {
      if (refuses(entry, sizes.length)) return { ErrorCode: 'ThrottlingException' };
      accepted.push(entry);
      return { EventId: 'x' };
    });
    return {
      FailedEntryCount: results.filter(({ ErrorCode }) => ErrorCode !== undefined).length,
      Entries: results,
    };
  };
  const bus = eventBus({ client: { send } as never, busName: 'bus', origin, pause: async () => undefined });
  return { bus, accepted, sizes };
};

const partOf = ({ Detail = '{}' }: PutEventsRequestEntry): number =>
  (JSON.parse(Detail) as { data: { part: number } }).data.part;

describe('the event bus', () => {
  it('sends at most ten events a request', async () => {
    const { bus, sizes, accepted } = flakyBridge(() => false);
    await bus.publishAll(Array.from({ length: 23 }, (_, part) => eventOf(part)));
    expect(sizes).toEqual([10, 10, 3]);
    expect(accepted.map(partOf)).toEqual(Array.from({ length: 23 }, (_, part) => part));
  });

  it('repeats only what was not accepted', async () => {
    const { bus, sizes, accepted } = flakyBridge((entry, call) => call === 1 && partOf(entry) % 2 === 0);
    await bus.publishAll([0, 1, 2, 3].map(eventOf));
    expect(sizes).toEqual([4, 2]);
    expect(accepted.map(partOf).sort()).toEqual([0, 1, 2, 3]);
  });

  it('fails when an event is never accepted', async () => {
    const { bus } = flakyBridge((entry) => partOf(entry) === 1);
    await expect(bus.publishAll([0, 1].map(eventOf))).rejects.toMatchObject({
      code: 'EVENTS_NOT_ACCEPTED',
      kind: 'unavailable',
      details: { reason: { ErrorCode: 'ThrottlingException' } },
    });
  });
});
