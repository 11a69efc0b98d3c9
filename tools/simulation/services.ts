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

/** Queues that functions read, as in the services' serverless.yml; of a doorbell or a merge nothing depends on its coming. */
const QUEUES = {
  deltas: { event: 'delta.created.v1', visibilityMs: 180_000, isDroppable: false },
  doorbell: { event: undefined, visibilityMs: 5_400_000, isDroppable: true },
  mergeRequests: { event: 'merge.requested.v1', visibilityMs: 5_400_000, isDroppable: true },
  mergeResults: { event: 'merge.completed.v1', visibilityMs: 180_000, isDroppable: true },
  tailDeltas: { event: 'delta.created.v1', visibilityMs: 180_000, isDroppable: false },
  tailSnapshots: { event: 'snapshot.published.v1', visibilityMs: 180_000, isDroppable: false },
} as const;

export type QueueName = keyof typeof QUEUES;

const QUEUE_NAMES = Object.keys(QUEUES) as QueueName[];

/** The simulated services, and what all their clients share. */
export interface Services {
  scheduler: Scheduler;
  random: Random;
  weather: RunWeather;
  /** Arrivals after which a compactor is rung for at once. */
  ringsAfter: number;
  /** With more deltas than this a backlog is merged before it is published. */
  fanOutAfterDeltas: number;
  s3: S3Server;
  table: DynamoDbServer;
  /** Of the query service. */
  tailTable: DynamoDbServer;
  bus: ReturnType<typeof busServer>;
  queues: Record<QueueName, QueueServer>;
  /** What handlers gave up. */
  deadLetters: QueueServer;
}

/** What services are made of. */
export interface ServiceParts extends Pick<Services, 'scheduler' | 'random' | 'weather'> {
  observer: Observer;
  /** Queues that nobody reads in this run get no messages. */
  isRead: (queue: QueueName) => boolean;
  arrived: (queue: QueueName) => void;
}

// An event as a rule puts it on a queue.
const envelopeOf = (entry: Record<'Source' | 'DetailType' | 'Detail', string | undefined>): string =>
  JSON.stringify({
    source: entry.Source,
    'detail-type': entry.DetailType,
    detail: JSON.parse(entry.Detail ?? '{}') as unknown,
  });

const newQueue = (
  { scheduler, random, weather }: ServiceParts,
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

const newQueues = (parts: ServiceParts): Record<QueueName, QueueServer> => {
  const made = QUEUE_NAMES.map((name) => {
    const { visibilityMs, isDroppable } = QUEUES[name];
    const lost = name === 'deltas' ? (body: string) => parts.observer.eventLost(body) : undefined;
    const arrived = (): void => parts.arrived(name);
    return [name, newQueue(parts, name, { visibilityMs, isDroppable, arrived, ...(lost && { lost }) })];
  });
  return Object.fromEntries(made) as Record<QueueName, QueueServer>;
};

/** Sets the services up; everything that takes effect in them is told to the observer. */
export const makeServices = (parts: ServiceParts): Services => {
  const { scheduler, random, weather, observer } = parts;
  const s3 = s3Server(
    {
      written: (write) => observer.objectWritten(write),
      deleted: (deletion) => observer.objectDeleted(deletion),
    },
    () => VirtualProcess.epochMs + scheduler.nowMs,
  );
  const queues = newQueues(parts);
  const deadLetters = newQueue(parts, 'dead-letters', {
    visibilityMs: QUEUES.deltas.visibilityMs,
    isDroppable: false,
    arrived: () => undefined,
  });
  const bus = busServer({
    random: random.fork('bus'),
    refused: () => weather.busRefuses(),
    accepted: (entry) => {
      observer.eventAccepted(entry);
      const readers = QUEUE_NAMES.filter((name) => QUEUES[name].event === entry.DetailType);
      const body = envelopeOf({ Source: undefined, DetailType: undefined, Detail: undefined, ...entry });
      for (const name of readers) if (parts.isRead(name)) queues[name].put(body, 0);
    },
  });
  return {
    ...{ scheduler, random, weather, s3, bus, queues, deadLetters },
    ringsAfter: random.fork('thresholds').pick([1, 3, 50]),
    fanOutAfterDeltas: observer.facts.plan.fanOutAfterDeltas,
    table: dynamoDbServer((write) => observer.itemWritten(write)),
    tailTable: dynamoDbServer(),
  };
};
