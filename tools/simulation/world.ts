import './environment.ts';
import { newTrace, ownTimers, Scheduler, seededRandom, type Trace } from '@alluvium/testkit/simulation';
import { startCollector } from './actors/collector.ts';
import { startHistorian } from './actors/historian.ts';
import type { LambdaPool } from './actors/lambda-pool.ts';
import { startOperator } from './actors/operator.ts';
import { makePools, readQueues, type Pools } from './actors/pools.ts';
import { startProducer, type Producer } from './actors/producer.ts';
import { startReader } from './actors/reader.ts';
import { newFacts } from './facts.ts';
import { makePlan } from './make-plan.ts';
import { Observer } from './observer.ts';
import { announcementsOf, type Plan } from './plan.ts';
import { stillLost } from './quiescence.ts';
import { makeServices, type Services } from './services.ts';
import { drawClimate, stormyWeather, type Climate } from './weather.ts';

/** Everything of one run. */
export interface World {
  scheduler: Scheduler;
  trace: Trace;
  plan: Plan;
  climate: Climate;
  services: Services;
  observer: Observer;
  producers: Producer[];
  pools: LambdaPool[];
  /** Nothing is left to do that no message and no process stands for. */
  isSettled: () => boolean;
  /** Gives the global timers back. */
  end: () => void;
}

/** Starts those who do something now and then until the storm is over; each epoch has people of its own. */
export const startPeople = (
  {
    services,
    observer,
    plan,
    climate: { skewMs },
  }: Pick<World, 'services' | 'observer' | 'plan' | 'climate'>,
  epoch: number,
): void => {
  const { garbage, historyEveryMs } = plan;
  const suffix = epoch === 0 ? '' : `.e${epoch}`;
  for (const [position, index] of [...observer.facts.indexes.values()].entries()) {
    const name = (role: string): string => `${role}-${position + 1}${suffix}`;
    startReader(services, observer, { name: name('reader'), index });
    if (historyEveryMs !== undefined)
      startHistorian({ services, observer, index }, name('historian'), historyEveryMs);
    const { everyMs } = garbage;
    if (everyMs !== undefined)
      startCollector(
        { services, plan: garbage, indexPath: index.indexPath },
        { name: name('collector'), skewMs, everyMs },
      );
  }
};

/** Builds the world of a seed; nothing has happened in it yet. */
export const makeWorld = (seed: number, { readable = false }: { readable?: boolean } = {}): World => {
  const trace = newTrace({ readable });
  const scheduler = new Scheduler(trace);
  const random = seededRandom(`seed ${seed}`);
  const plan = makePlan(random.fork('plan'));
  const climate = drawClimate(random.fork('climate'), plan);
  const weather = stormyWeather(random.fork('weather'), climate, () => scheduler.nowMs);
  const observer = new Observer(scheduler, newFacts(plan));
  let pools: Pools = {};
  const read = readQueues(plan);
  const services = makeServices({
    ...{ scheduler, random, weather, observer },
    isRead: (queue) => read.has(queue),
    arrived: (queue) => pools[queue]?.dispatch(),
  });
  observer.watch(services.s3);
  pools = makePools(services, observer, climate.skewMs);
  const producers = plan.deltas.map((deltas, index) =>
    startProducer(services, `producer-${index + 1}`, deltas.flatMap(announcementsOf)),
  );
  startOperator({ services, observer, climate, indexPaths: plan.indexPaths, losesEvents: plan.losesEvents });
  const world = { scheduler, trace, plan, climate, services, observer, producers };
  startPeople(world, 0);
  const isSettled = (): boolean => stillLost(observer.facts).length === 0;
  return { ...world, pools: Object.values(pools), isSettled, end: ownTimers(scheduler) };
};
