import type { EventBridgeClient, PutEventsCommand, PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import type { Random } from './random.ts';
import { remoteCall, type Weather } from './remote-call.ts';
import type { VirtualProcess } from './virtual-process.ts';

export type { PutEventsRequestEntry };

export interface BusOptions {
  random: Random;
  /** Of 1, how many entries of a request are not accepted while the others are. */
  refused: () => number;
  /** Called for every accepted event. */
  accepted: (entry: PutEventsRequestEntry) => void;
}

const failure = (): Error => Object.assign(new Error('socket hang up'), { name: 'TimeoutError' });

/** An event bus in memory: a request may be accepted in part. */
export const busServer = ({ random, refused, accepted }: BusOptions) => {
  const put = (entries: PutEventsRequestEntry[]): object => {
    const results = entries.map((entry) => {
      if (random.chance(refused())) return { ErrorCode: 'ThrottlingException' };
      accepted(entry);
      return { EventId: 'accepted' };
    });
    return {
      Entries: results,
      FailedEntryCount: results.filter(({ ErrorCode }) => ErrorCode !== undefined).length,
    };
  };
  const clientOf = (process: VirtualProcess, weather: Weather): Pick<EventBridgeClient, 'send'> => {
    const send = ({ input }: PutEventsCommand): Promise<unknown> =>
      remoteCall(process, weather, {
        label: `EMIT ${(input.Entries ?? []).map(({ DetailType }) => DetailType).join(' ')}`,
        touches: 'bus',
        isWrite: true,
        apply: () => put(input.Entries ?? []),
        failure,
      });
    return { send };
  };
  return { clientOf };
};
