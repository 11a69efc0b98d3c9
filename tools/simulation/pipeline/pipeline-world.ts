import '../environment.ts';
import {
  newTrace,
  ownTimers,
  Scheduler,
  seededRandom,
  VirtualProcess,
  type Random,
} from '@alluvium/testkit/simulation';
import { makeHandler as onSweep } from '../../../services/orchestrator/src/handlers/on-sweep.ts';
import { startHistorian } from '../actors/historian.ts';
import { invokeLambda } from '../actors/lambda-pool.ts';
import { startOperator } from '../actors/operator.ts';
import { settlingPools, startPools, type Pools } from '../actors/pools.ts';
import { newFacts } from '../facts.ts';
import { emptyPlan } from '../make-plan.ts';
import { Observer } from '../observer.ts';
import { makeServices, type QueueName, type Services } from '../services.ts';
import { drawClimate, stormyWeather } from '../weather.ts';
import type { World } from '../world.ts';
import { startCrawl } from './crawl-starter.ts';
import { PipelineObserver } from './pipeline-observer.ts';
import { pipelinePools } from './pipeline-pools.ts';
import { COLLECTION, orchestratorDeps } from './pipeline-process.ts';
import { changingSource, type ChangingSource } from './source.ts';

/** Every so manyth run takes a source through ingest and the orchestrator; the others know deltas alone. */
const PIPELINE_EVERY = 8;

/** Whether the world of a seed begins with a source. */
export const isPipelineSeed = (seed: number): boolean => seed % PIPELINE_EVERY === 0;

/** A world with a source in it. */
export interface PipelineWorld extends World {
  source: ChangingSource;
  pipeline: PipelineObserver;
  /** Crawls that were begun. */
  crawls: number;
}

const SWEEP_MS = 300_000;
const MINUTE_MS = 60_000;
const MOST_CRAWLS = 5;

const QUEUES = new Set<QueueName>([
  ...(['deltas', 'doorbell'] as const),
  ...(['crawls', 'fetched', 'derived', 'chunked', 'fates', 'stages'] as const),
]);

const startSweeper = (services: Services): void => {
  let sweeps = 0;
  const sweep = (): void => {
    sweeps += 1;
    const process = new VirtualProcess(services.scheduler, `sweeper.${sweeps}`);
    const handler = onSweep(orchestratorDeps(process, services));
    process.deliver(0, 'sweeps', () =>
      process.invoke(
        () => invokeLambda(process, handler, {}),
        () => undefined,
      ),
    );
    // When nothing goes wrong any more there is less to sweep.
    const inMs = services.weather.isStormy() ? SWEEP_MS : 3 * SWEEP_MS;
    services.scheduler.schedule(inMs, { actor: 'clock', label: 'is time to sweep', run: sweep });
  };
  services.scheduler.schedule(SWEEP_MS, { actor: 'clock', label: 'is time to sweep', run: sweep });
};

// Both as long as the storm lasts: what happens afterwards is up to the run.
const startLife = (world: PipelineWorld, random: Random): void => {
  const { scheduler, services, source, producers } = world;
  const changeEveryMs = random.between(1, 15) * MINUTE_MS;
  const crawlEveryMs = random.between(8, 40) * MINUTE_MS;
  const change = (): void => {
    if (!services.weather.isStormy()) return;
    source.change();
    const inMs = random.between(1_000, 2 * changeEveryMs);
    scheduler.schedule(inMs, { actor: 'owner', label: 'changes a document', run: change });
  };
  const crawl = (): void => {
    if (!services.weather.isStormy() || world.crawls >= MOST_CRAWLS) return;
    producers.push(startCrawl(services, source, (world.crawls += 1)));
    const inMs = random.between(1_000, 2 * crawlEveryMs);
    scheduler.schedule(inMs, { actor: 'clock', label: 'is time to crawl', run: crawl });
  };
  change();
  crawl();
};

// The reconciler tells late of a rollback whose process died.
const startHelpers = ({ services, observer, climate, plan }: PipelineWorld): void => {
  startOperator({ services, observer, climate, indexPaths: plan.indexPaths, losesEvents: true });
  startSweeper(services);
};

// What he takes out has to come again with the next crawls.
const mayStartHistorian = ({ services, observer }: PipelineWorld, random: Random): void => {
  const [index] = observer.facts.indexes.values();
  if (index !== undefined && random.chance(0.4))
    startHistorian({ services, observer, index }, 'historian-1', random.between(5, 40) * MINUTE_MS);
};

/** Builds the world of a seed; nothing has happened in it yet. */
export const makePipelineWorld = (
  seed: number,
  { readable = false }: { readable?: boolean } = {},
): PipelineWorld => {
  const trace = newTrace({ readable });
  const scheduler = new Scheduler(trace);
  const random = seededRandom(`pipeline ${seed}`);
  const plan = emptyPlan(COLLECTION);
  const climate = drawClimate(random.fork('climate'), plan);
  const weather = stormyWeather(random.fork('weather'), climate, () => scheduler.nowMs);
  const observer = new Observer(scheduler, newFacts(plan));
  const pipeline = new PipelineObserver(observer, scheduler);
  let pools: Pools = {};
  const services = makeServices({
    ...{ scheduler, random, weather, observer },
    isRead: (queue) => QUEUES.has(queue),
    arrived: (queue) => pools[queue]?.dispatch(),
    watchers: {
      accepted: (entry) => pipeline.accepted(entry),
      ingestWritten: (write) => pipeline.ingestWritten(write),
      jobWritten: (write) => pipeline.jobWritten(write),
    },
  });
  observer.watch(services.s3);
  pipeline.watch(services.s3);
  const source = changingSource(random.fork('source'));
  const plans = { ...settlingPools(services, observer), ...pipelinePools(services, source, pipeline) };
  pools = startPools(services, plans, climate.skewMs);
  const world: PipelineWorld = {
    ...{ scheduler, trace, plan, climate, services, observer, pipeline, source, crawls: 0 },
    producers: [],
    pools: Object.values(pools),
    isSettled: () => pipeline.areRunsOver(),
    end: ownTimers(scheduler),
  };
  startHelpers(world);
  startLife(world, random.fork('life'));
  mayStartHistorian(world, random.fork('historian'));
  return world;
};
