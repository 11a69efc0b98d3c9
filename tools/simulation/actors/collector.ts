import '../environment.ts';
import { VirtualProcess, type Random } from '@alluvium/testkit/simulation';
import { collectGarbage } from '@alluvium/vector-store';
import type { GarbagePlan } from '../plan.ts';
import type { Services } from '../services.ts';
import { withIndexLease } from './index-writer.ts';

const HOUR_MS = 3_600_000;

interface Collection {
  services: Services;
  plan: GarbagePlan;
  indexPath: string;
}

/** One cycle, by a process of its own. */
export const collectOnce = (
  { services, plan: { retention, youngMs, graceMs }, indexPath }: Collection,
  process: VirtualProcess,
): Promise<void> =>
  withIndexLease(process, services, indexPath, async (writer) => {
    const report = await collectGarbage({ ...writer, dryRun: false, retention, youngMs, graceMs });
    const { marked, deleted } = report ?? {};
    services.scheduler.note(
      process.name,
      `marks ${marked?.objects ?? 0} objects and deletes ${deleted?.objects ?? 0}`,
    );
  });

// A machine that was switched off in the middle of it, and goes on days later as if nothing had happened.
const mayFallAsleep = (process: VirtualProcess, random: Random): void => {
  if (!random.chance(0.2)) return;
  const { scheduler } = process;
  const untilMs = scheduler.nowMs + random.between(20, 60) * HOUR_MS;
  const stopsClock = random.chance(0.5);
  process.deliver(random.between(10, 20_000), 'falls asleep', () => process.freeze({ untilMs, stopsClock }));
};

/** Collects the garbage of an index now and then, as long as the storm lasts. */
export const startCollector = (
  collection: Collection,
  { name, skewMs, everyMs }: { name: string; skewMs: number; everyMs: number },
): void => {
  const { services } = collection;
  const random = services.random.fork(name);
  let cycles = 0;
  const next = (): void => {
    cycles += 1;
    const process = new VirtualProcess(
      services.scheduler,
      `${name}.${cycles}`,
      random.between(-skewMs, skewMs),
    );
    process.deliver(random.between(1_000, 2 * everyMs), 'collects garbage', () => {
      if (!services.weather.isStormy()) return;
      mayFallAsleep(process, random);
      process.invoke(
        () => collectOnce(collection, process),
        () => undefined,
      );
      next();
    });
  };
  next();
};
