import '../environment.ts';
import { eventBus, sqsDeadLetters, type EventBus, type Runtime } from '@alluvium/lambda-kit';
import { testRuntime } from '@alluvium/testkit';
import type { Random, VirtualProcess } from '@alluvium/testkit/simulation';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Services } from '../services.ts';

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const HEX = '0123456789abcdef';

const digits = (random: Random, alphabet: string, count: number): string =>
  Array.from({ length: count }, () => alphabet.charAt(random.between(0, alphabet.length - 1))).join('');

// One of each for all: they keep no state that matters here, and making them is slow.
const { logger, metrics } = testRuntime('simulation');

/** What a handler of `producer` has of the world beside its stores, on the simulated services of one process. */
export const processRuntime = (
  process: VirtualProcess,
  services: Services,
  producer: string,
): { runtime: Runtime; bus: EventBus } => {
  const random = services.random.fork(process.name);
  const deadLetters = services.deadLetters.clientOf(process, services.weather) as SQSClient;
  const runtime: Runtime = {
    origin: {
      producer: `${producer}@0.1.0`,
      nowMs: process.clock.nowMs,
      newEventId: () => `01${digits(random, CROCKFORD, 24)}`,
      newTraceId: () => digits(random, HEX, 32),
    },
    logger,
    metrics,
    deadLetters: sqsDeadLetters({ client: deadLetters, queueUrl: 'dead-letters' }),
    maxReceiveCount: 5,
  };
  const bus = eventBus({
    client: services.bus.clientOf(process, services.weather),
    busName: 'bus',
    origin: runtime.origin,
    pause: (delayMs) => process.sleep(delayMs),
  });
  return { runtime, bus };
};
