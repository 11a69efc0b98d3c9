import '../environment.ts';
import { VirtualProcess, type Random } from '@alluvium/testkit/simulation';
import { leaseKeyOf } from '../../../services/compactor/src/settle-index.ts';
import { makeHandler as onReconcile } from '../../../services/compactor/src/handlers/on-reconcile.ts';
import { makeHandler as onSchedule } from '../../../services/compactor/src/handlers/on-schedule.ts';
import type { Climate } from '../weather.ts';
import type { Observer } from '../observer.ts';
import type { Services } from '../services.ts';
import { compactorDeps, operationDeps } from './compactor-process.ts';
import { invokeLambda } from './lambda-pool.ts';

const TICK_MS = 900_000;

interface Operation {
  services: Services;
  observer: Observer;
  climate: Climate;
  indexPaths: readonly string[];
  /** Somebody has to look for deltas that nobody hears of. */
  losesEvents: boolean;
}

// Somebody sees a lease that looks stuck, and breaks it; or restores the table, and the lease is not there any more.
const meddle = async (process: VirtualProcess, operation: Operation, random: Random): Promise<void> => {
  const { services, observer, indexPaths } = operation;
  const key = leaseKeyOf(random.pick(indexPaths));
  if (random.chance(0.4)) {
    const [now] = services.table.partition(key.pk);
    // A free lease of the past, or no lease at all.
    const past = random.chance(0.5) && now !== undefined ? { ...now, state: 'FREE', fence: 1 } : undefined;
    services.scheduler.note(process.name, `restores the table; the lease is ${past ? 'an old one' : 'gone'}`);
    services.table.restore({ pk: key.pk, sk: key.sk ?? '' }, past);
    observer.tableRestored(key.pk);
    return;
  }
  const { leases } = compactorDeps(process, services);
  const item = await leases.read(key);
  if (item !== undefined) await leases.forceUnlock(key, item.rvn);
};

// As long as the storm lasts; afterwards he lets things be.
const startMeddling = (operation: Operation, everyMs: number): void => {
  const { services } = operation;
  const random = services.random.fork('operator');
  let deeds = 0;
  const next = (): void => {
    deeds += 1;
    const person = new VirtualProcess(services.scheduler, `operator.${deeds}`);
    person.deliver(random.between(1_000, 2 * everyMs), 'meddles', () => {
      if (!services.weather.isStormy()) return;
      person.invoke(
        () => meddle(person, operation, random),
        () => undefined,
      );
      next();
    });
  };
  next();
};

const startReconciler = (services: Services, ticks: number): void => {
  const process = new VirtualProcess(services.scheduler, `reconciler.${ticks}`);
  const handler = onReconcile(operationDeps(process, services));
  process.deliver(0, 'looks for lost deltas', () =>
    process.invoke(
      () => invokeLambda(process, handler, {}),
      () => undefined,
    ),
  );
};

/** The schedule of 15 minutes, and a person who means well. After the storm what died of it is redriven. */
export const startOperator = (operation: Operation): void => {
  const { services, climate } = operation;
  if (climate.meddlingEveryMs !== undefined) startMeddling(operation, climate.meddlingEveryMs);
  let ticks = 0;
  const tick = (): void => {
    ticks += 1;
    const process = new VirtualProcess(services.scheduler, `schedule.${ticks}`);
    const handler = onSchedule(compactorDeps(process, services));
    process.deliver(0, 'rings', () =>
      process.invoke(
        () => invokeLambda(process, handler, {}),
        () => undefined,
      ),
    );
    if (operation.losesEvents && ticks % 4 === 0) startReconciler(services, ticks);
    if (!services.weather.isStormy()) {
      for (const queue of Object.values(services.queues)) queue.redrive();
    }
    services.scheduler.schedule(TICK_MS, { actor: 'clock', label: 'a quarter has passed', run: tick });
  };
  services.scheduler.schedule(TICK_MS, { actor: 'clock', label: 'a quarter has passed', run: tick });
};
