import { VirtualProcess } from '@alluvium/testkit/simulation';
import type { IndexFacts } from './facts.ts';
import type { World } from './world.ts';

/** Longest virtual time after the storm: a message may come a day late and its doorbell 90 minutes after that. */
const CALM_MS = 48 * 3_600_000;
const MOST_STEPS = 200_000;
/** By how much clocks may differ at most, and a little more. */
export const MOST_SKEW_MS = 20 * 60_000;

// Writes that were sent and have not landed yet, and messages on their way.
const isUnderWay = ({ scheduler, services: { queues } }: World): boolean =>
  Object.values(queues).some(({ kept }) => kept.size > 0) ||
  scheduler.waiting.some(({ touches }) => touches !== undefined);

/** A lease whose holder died is free for whoever comes next once its time is over, by every clock there is. */
export const heldLeases = ({ observer, scheduler }: World): string[] => {
  const overMs = VirtualProcess.epochMs + scheduler.nowMs - MOST_SKEW_MS;
  const isHeld = ({ lease }: IndexFacts): boolean => lease.state === 'HELD' && lease.expiresAtMs >= overMs;
  return [...observer.facts.indexes.values()].filter(isHeld).map(({ indexPath }) => indexPath);
};

const isQuiet = (world: World): boolean => {
  const { services, producers, pools, plan } = world;
  if (services.weather.isStormy() || !producers.every((producer) => producer.isDone())) return false;
  if (!pools.every((pool) => pool.isIdle()) || isUnderWay(world) || !world.isSettled()) return false;
  return (
    heldLeases(world).length === 0 &&
    plan.indexPaths.every((path) => services.table.partition(`inbox#${path}`).length === 0)
  );
};

const isOverdue = ({ scheduler, climate }: World): boolean =>
  scheduler.nowMs > climate.stormMs + CALM_MS || scheduler.steps > MOST_STEPS;

/** Goes on until nothing moves any more, or something is wrong. */
export const settleAll = async (world: World): Promise<void> => {
  const { scheduler, observer } = world;
  while (observer.violations.length === 0 && !isQuiet(world) && !isOverdue(world)) {
    await scheduler.step();
    await observer.settle();
  }
};

/** Lets one process do its work when nothing else is to be done; throws what it throws. */
export const finish = async (
  { scheduler, observer }: World,
  name: string,
  work: (process: VirtualProcess) => Promise<void>,
): Promise<void> => {
  const process = new VirtualProcess(scheduler, name);
  const end: { failure?: unknown; isOver: boolean } = { isOver: false };
  const ended = (failure: unknown): void => void Object.assign(end, { failure, isOver: true });
  process.deliver(0, 'begins', () => process.invoke(() => work(process), ended));
  while (!end.isOver && observer.violations.length === 0 && (await scheduler.step())) await observer.settle();
  if (end.failure !== undefined) throw end.failure as Error;
};
