import {
  busServer,
  dynamoDbServer,
  queueServer,
  s3Server,
  VirtualProcess,
  type DynamoDbServer,
  type QueueServer,
  type Random,
  type S3Server,
  type Scheduler,
} from '@alluvium/testkit/simulation';
import type { Observer } from './observer.ts';
import type { RunWeather } from './weather.ts';

/** The simulated services, and what all their clients share. */
export interface Services {
  scheduler: Scheduler;
  random: Random;
  weather: RunWeather;
  /** Arrivals after which a compactor is rung for at once. */
  ringsAfter: number;
  s3: S3Server;
  table: DynamoDbServer;
  bus: ReturnType<typeof busServer>;
  /** Events of deltas on their way to the inbox. */
  deltas: QueueServer;
  doorbell: QueueServer;
  /** What handlers gave up. */
  deadLetters: QueueServer;
}

/** As in the compactor's serverless.yml. */
const DELTAS_VISIBILITY_MS = 180_000;
const DOORBELL_VISIBILITY_MS = 5_400_000;

interface Parts extends Pick<Services, 'scheduler' | 'random' | 'weather'> {
  observer: Observer;
  deltasArrived: () => void;
  doorbellRang: () => void;
}

// An event as a rule puts it on a queue.
const envelopeOf = (entry: Record<'Source' | 'DetailType' | 'Detail', string | undefined>): string =>
  JSON.stringify({
    source: entry.Source,
    'detail-type': entry.DetailType,
    detail: JSON.parse(entry.Detail ?? '{}') as unknown,
  });

const newQueue = (
  { scheduler, random, weather }: Parts,
  name: string,
  options: { visibilityMs: number; isDroppable: boolean; lost?: (body: string) => void; arrived: () => void },
): QueueServer =>
  queueServer({
    name,
    scheduler,
    random: random.fork(name),
    visibilityMs: options.visibilityMs,
    maxReceiveCount: 5,
    faults: () => weather.queueFaults(options.isDroppable),
    arrived: options.arrived,
    ...(options.lost && { lost: options.lost }),
  });

/** Sets the services up; everything that takes effect in them is told to the observer. */
export const makeServices = (parts: Parts): Services => {
  const { scheduler, random, weather, observer } = parts;
  const table = dynamoDbServer((write) => observer.itemWritten(write));
  const s3 = s3Server(
    (write) => observer.objectWritten(write),
    () => VirtualProcess.epochMs + scheduler.nowMs,
  );
  const deltas = newQueue(parts, 'deltas', {
    visibilityMs: DELTAS_VISIBILITY_MS,
    isDroppable: false,
    lost: (body) => observer.eventLost(body),
    arrived: parts.deltasArrived,
  });
  const doorbell = newQueue(parts, 'doorbell', {
    visibilityMs: DOORBELL_VISIBILITY_MS,
    isDroppable: true,
    arrived: parts.doorbellRang,
  });
  const deadLetters = newQueue(parts, 'dead-letters', {
    visibilityMs: DELTAS_VISIBILITY_MS,
    isDroppable: false,
    arrived: () => undefined,
  });
  const bus = busServer({
    random: random.fork('bus'),
    refused: () => weather.busRefuses(),
    accepted: (entry) => {
      observer.eventAccepted(entry);
      if (entry.DetailType === 'delta.created.v1')
        deltas.put(envelopeOf({ Source: undefined, DetailType: undefined, Detail: undefined, ...entry }), 0);
    },
  });
  const ringsAfter = random.fork('thresholds').pick([1, 3, 50]);
  return { scheduler, random, weather, ringsAfter, s3, table, bus, deltas, doorbell, deadLetters };
};
