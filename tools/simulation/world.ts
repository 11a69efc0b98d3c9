import './environment.ts';
import { newTrace, ownTimers, Scheduler, seededRandom, type Trace } from '@alluvium/testkit/simulation';
import { makeHandler as onDeltaCreated } from '../../services/compactor/src/handlers/on-delta-created.ts';
import { makeHandler as onDoorbell } from '../../services/compactor/src/handlers/on-doorbell.ts';
import { compactorDeps } from './actors/compactor-process.ts';
import { lambdaPool, type LambdaPool } from './actors/lambda-pool.ts';
import { startOperator } from './actors/operator.ts';
import { startProducer, type Producer } from './actors/producer.ts';
import { startReader } from './actors/reader.ts';
import { newFacts } from './facts.ts';
import { Observer } from './observer.ts';
import { announcementsOf, makePlan, type Plan } from './plan.ts';
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
  /** Gives the global timers back. */
  end: () => void;
}

const makePools = (services: Services, observer: Observer, { skewMs }: Climate): LambdaPool[] => [
  lambdaPool({
    name: 'register',
    services,
    queue: services.deltas,
    environments: 2,
    batch: 10,
    skewMs,
    makeHandler: (process) => onDeltaCreated(compactorDeps(process, services)),
    acknowledged: (body) => observer.acknowledged(body),
  }),
  lambdaPool({
    name: 'compactor',
    services,
    queue: services.doorbell,
    environments: services.random.between(2, 3),
    batch: 10,
    skewMs,
    makeHandler: (process) => onDoorbell(compactorDeps(process, services)),
    acknowledged: () => undefined,
  }),
];

/** Builds the world of a seed; nothing has happened in it yet. */
export const makeWorld = (seed: number, { readable = false }: { readable?: boolean } = {}): World => {
  const trace = newTrace({ readable });
  const scheduler = new Scheduler(trace);
  const random = seededRandom(`seed ${seed}`);
  const plan = makePlan(random.fork('plan'));
  const climate = drawClimate(random.fork('climate'), plan);
  const weather = stormyWeather(random.fork('weather'), climate, () => scheduler.nowMs);
  const observer = new Observer(scheduler, newFacts(plan));
  let pools: LambdaPool[] = [];
  const services = makeServices({
    scheduler,
    random,
    weather,
    observer,
    deltasArrived: () => pools[0]?.dispatch(),
    doorbellRang: () => pools[1]?.dispatch(),
  });
  observer.watch(services.s3);
  pools = makePools(services, observer, climate);
  const producers = plan.deltas.map((deltas, index) =>
    startProducer(services, `producer-${index + 1}`, deltas.flatMap(announcementsOf)),
  );
  plan.indexPaths.forEach((indexPath, index) =>
    startReader(services, observer, { name: `reader-${index + 1}`, indexPath }),
  );
  startOperator({ services, observer, climate, indexPaths: plan.indexPaths, losesEvents: plan.losesEvents });
  return { scheduler, trace, plan, climate, services, observer, producers, pools, end: ownTimers(scheduler) };
};
