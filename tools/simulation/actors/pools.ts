import '../environment.ts';
import type { QueueHandler } from '@alluvium/lambda-kit';
import type { VirtualProcess } from '@alluvium/testkit/simulation';
import { makeHandler as onDeltaCreated } from '../../../services/compactor/src/handlers/on-delta-created.ts';
import { makeHandler as onDoorbell } from '../../../services/compactor/src/handlers/on-doorbell.ts';
import { makeHandler as onMergeCompleted } from '../../../services/compactor/src/handlers/on-merge-completed.ts';
import { makeHandler as onMergeRequested } from '../../../services/compactor/src/handlers/on-merge-requested.ts';
import { makeHandler as onTailDelta } from '../../../services/query/src/handlers/on-delta-created.ts';
import { makeHandler as onTailSnapshot } from '../../../services/query/src/handlers/on-snapshot-published.ts';
import type { Observer } from '../observer.ts';
import type { Plan } from '../plan.ts';
import type { QueueName, Services } from '../services.ts';
import { compactorDeps } from './compactor-process.ts';
import { lambdaPool, type LambdaPool } from './lambda-pool.ts';
import { tailDeps } from './query-process.ts';

/** The functions that read queues, by queue. */
export type Pools = Partial<Record<QueueName, LambdaPool>>;

interface PoolPlan {
  name: string;
  environments: number;
  makeHandler: (process: VirtualProcess) => QueueHandler;
  acknowledged?: (body: string) => void;
}

/** Functions that are to read queues. */
export type PoolPlans = Partial<Record<QueueName, PoolPlan>>;

/** The functions that settle deltas. */
export const settlingPools = (services: Services, observer: Observer): PoolPlans => {
  const deps = (process: VirtualProcess) => compactorDeps(process, services);
  return {
    deltas: {
      name: 'register',
      environments: 2,
      makeHandler: (process) => onDeltaCreated(deps(process)),
      acknowledged: (body) => observer.acknowledged(body),
    },
    doorbell: {
      name: 'compactor',
      environments: services.random.between(2, 3),
      makeHandler: (process) => onDoorbell(deps(process)),
    },
  };
};

const merging = (services: Services): PoolPlans => ({
  mergeRequests: {
    name: 'merger',
    environments: 2,
    makeHandler: (process) => onMergeRequested(compactorDeps(process, services)),
  },
  mergeResults: {
    name: 'advancer',
    environments: 1,
    makeHandler: (process) => onMergeCompleted(compactorDeps(process, services)),
  },
});

const tailing = (services: Services, observer: Observer): PoolPlans => ({
  tailDeltas: {
    name: 'tail',
    environments: 2,
    makeHandler: (process) => onTailDelta(tailDeps(process, services)),
    acknowledged: (body) => observer.announced(body),
  },
  tailSnapshots: {
    name: 'untail',
    environments: 1,
    makeHandler: (process) => onTailSnapshot(tailDeps(process, services)),
  },
});

/** Queues that somebody reads in a run. */
export const readQueues = ({ fanOutAfterDeltas, tail }: Plan): Set<QueueName> =>
  new Set<QueueName>([
    ...(['deltas', 'doorbell'] as const),
    ...(fanOutAfterDeltas === Infinity ? [] : (['mergeRequests', 'mergeResults'] as const)),
    ...(tail === undefined ? [] : (['tailDeltas', 'tailSnapshots'] as const)),
  ]);

/** Starts functions. */
export const startPools = (services: Services, plans: PoolPlans, skewMs: number): Pools =>
  Object.fromEntries(
    Object.entries(plans).map(([queue, plan]) => [
      queue,
      lambdaPool({
        ...{ services, skewMs, batch: 10, acknowledged: () => undefined, ...plan },
        queue: services.queues[queue as QueueName],
      }),
    ]),
  );

/** Starts the functions of a run. */
export const makePools = (services: Services, observer: Observer, skewMs: number): Pools => {
  const read = readQueues(observer.facts.plan);
  const plans = {
    ...settlingPools(services, observer),
    ...merging(services),
    ...tailing(services, observer),
  };
  const wanted = Object.entries(plans).filter(([queue]) => read.has(queue as QueueName));
  return startPools(services, Object.fromEntries(wanted), skewMs);
};
