import {
  busServer,
  dynamoDbServer,
  queueServer,
  s3Server,
  VirtualProcess,
  type DynamoDbServer,
  type ItemWritten,
  type PutEventsRequestEntry,
  type QueueServer,
  type Random,
  type S3Server,
  type Scheduler,
} from '@alluvium/testkit/simulation';
import type { Observer } from './observer.ts';
import type { RunWeather } from './weather.ts';

interface QueuePlan {
  events: readonly string[];
  visibilityMs: number;
  /** Nothing depends on its messages: they only say that something may be worth a look. */
  isDroppable?: boolean;
}

const FATES = ['snapshot.published.v1', 'delta.rejected.v1', 'part.failed.v1'];
const STAGES = [
  'run.started.v1',
  'ingestion.continued.v1',
  'documents.fetched.v1',
  'documents.derived.v1',
  'run.sealed.v1',
  'chunks.created.v1',
  'delta.created.v1',
];

const QUICK_MS = 180_000;
const SLOW_MS = 5_400_000;

/** Queues that functions read, as in the services' serverless.yml. What a rule hands to a function itself is a queue here, too. */
const QUEUES = {
  deltas: { events: ['delta.created.v1'], visibilityMs: QUICK_MS },
  doorbell: { events: [], visibilityMs: SLOW_MS, isDroppable: true },
  mergeRequests: { events: ['merge.requested.v1'], visibilityMs: SLOW_MS, isDroppable: true },
  mergeResults: { events: ['merge.completed.v1'], visibilityMs: QUICK_MS, isDroppable: true },
  tailDeltas: { events: ['delta.created.v1'], visibilityMs: QUICK_MS },
  tailSnapshots: { events: ['snapshot.published.v1'], visibilityMs: QUICK_MS },
  crawls: { events: ['ingestion.continued.v1'], visibilityMs: SLOW_MS },
  fetched: { events: ['documents.fetched.v1'], visibilityMs: QUICK_MS },
  derived: { events: ['documents.derived.v1'], visibilityMs: QUICK_MS },
  chunked: { events: ['chunks.created.v1'], visibilityMs: QUICK_MS },
  fates: { events: FATES, visibilityMs: QUICK_MS },
  stages: { events: [...STAGES, ...FATES], visibilityMs: QUICK_MS },
} as const satisfies Record<string, QueuePlan>;

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
  ingestTable: DynamoDbServer;
  /** Of the orchestrator. */
  jobsTable: DynamoDbServer;
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
  /** Who looks on beside the observer. */
  watchers?: {
    accepted?: (entry: PutEventsRequestEntry) => void;
    ingestWritten?: (write: ItemWritten) => void;
    jobWritten?: (write: ItemWritten) => void;
  };
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

// As the rules have it: a part without changes ends at derive.
const isFor = (name: QueueName, { DetailType = '', Detail = '{}' }: PutEventsRequestEntry): boolean => {
  const { events }: QueuePlan = QUEUES[name];
  if (!events.includes(DetailType)) return false;
  if (name !== 'derived') return true;
  return (JSON.parse(Detail) as { data: { records: number } }).data.records > 0;
};

const newQueues = (parts: ServiceParts): Record<QueueName, QueueServer> => {
  const made = QUEUE_NAMES.map((name) => {
    const { visibilityMs, isDroppable = false }: QueuePlan = QUEUES[name];
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
      parts.watchers?.accepted?.(entry);
      const body = envelopeOf({ Source: undefined, DetailType: undefined, Detail: undefined, ...entry });
      for (const name of QUEUE_NAMES) if (parts.isRead(name) && isFor(name, entry)) queues[name].put(body, 0);
    },
  });
  return {
    ...{ scheduler, random, weather, s3, bus, queues, deadLetters },
    ringsAfter: random.fork('thresholds').pick([1, 3, 50]),
    fanOutAfterDeltas: observer.facts.plan.fanOutAfterDeltas,
    table: dynamoDbServer((write) => observer.itemWritten(write)),
    tailTable: dynamoDbServer(),
    ingestTable: dynamoDbServer(parts.watchers?.ingestWritten),
    jobsTable: dynamoDbServer(parts.watchers?.jobWritten),
  };
};
