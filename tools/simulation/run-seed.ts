import { VirtualProcess } from '@alluvium/testkit/simulation';
import { startProducer } from './actors/producer.ts';
import { itemName, type IndexFacts } from './facts.ts';
import type { Afterlife } from './plan.ts';
import { everythingSettles } from './invariants/liveness.ts';
import type { Violation } from './invariants/invariant.ts';
import { quiescence, stillLost } from './quiescence.ts';
import { makeWorld, type World } from './world.ts';

/** How a run went. */
export interface SeedResult {
  seed: number;
  steps: number;
  fingerprint: string;
  violations: Violation[];
  /** What happened, line by line, if it was asked for. */
  lines: readonly string[];
}

/** Longest virtual time after the storm: a message may come a day late and its doorbell 90 minutes after that. */
const CALM_MS = 48 * 3_600_000;
/** Past the horizon of 35 days. */
const AFTERLIFE_MS = 36 * 24 * 3_600_000;
const MOST_STEPS = 200_000;
const MOST_SKEW_MS = 20 * 60_000;

// Writes that were sent and have not landed yet, and messages on their way.
const isUnderWay = ({ scheduler, services }: World): boolean =>
  services.deltas.kept.size > 0 ||
  services.doorbell.kept.size > 0 ||
  scheduler.waiting.some(({ touches }) => touches !== undefined);

// A lease whose holder died is free for whoever comes next once its time is over, by every clock there is.
const heldLeases = ({ observer, scheduler }: World): string[] => {
  const overMs = VirtualProcess.epochMs + scheduler.nowMs - MOST_SKEW_MS;
  const isHeld = ({ lease }: IndexFacts): boolean => lease.state === 'HELD' && lease.expiresAtMs >= overMs;
  return [...observer.facts.indexes.values()].filter(isHeld).map(({ indexPath }) => indexPath);
};

const isQuiet = (world: World): boolean => {
  const { services, producers, pools, plan } = world;
  if (services.weather.isStormy() || !producers.every((producer) => producer.isDone())) return false;
  if (!pools.every((pool) => pool.isIdle()) || isUnderWay(world)) return false;
  if (stillLost(world.observer.facts).length > 0) return false;
  return (
    heldLeases(world).length === 0 &&
    plan.indexPaths.every((path) => services.table.partition(`inbox#${path}`).length === 0)
  );
};

// What was applied before lies beyond the horizon now.
const beginAfterlife = (world: World, { fresh, replays }: Afterlife): void => {
  const { scheduler, services, observer, producers } = world;
  scheduler.nowMs += AFTERLIFE_MS;
  scheduler.note('clock', '36 days have passed');
  for (const { planned, attempt } of replays)
    observer.facts.replayed.add(itemName({ deltaId: planned.delta.deltaId, attempt }));
  producers.push(startProducer(services, 'producer-late', [...fresh, ...replays]));
};

const judgeQuiescence = (world: World, isAfterlife: boolean): void => {
  const { observer, services } = world;
  const dead = [...services.deltas.deadLetters, ...services.deadLetters.kept.values()];
  const held = heldLeases(world);
  const deadLetters = dead.map(({ body }) => body);
  observer.judge(everythingSettles, quiescence(observer.facts, { held, deadLetters }, isAfterlife));
};

const isOverdue = ({ scheduler, climate }: World, isAfterlife: boolean): boolean =>
  scheduler.nowMs > climate.stormMs + CALM_MS + (isAfterlife ? AFTERLIFE_MS + CALM_MS : 0) ||
  scheduler.steps > MOST_STEPS;

const settleAll = async (world: World, isAfterlife: boolean): Promise<void> => {
  const { scheduler, observer } = world;
  while (observer.violations.length === 0 && !isQuiet(world) && !isOverdue(world, isAfterlife)) {
    await scheduler.step();
    await observer.settle();
  }
  if (observer.violations.length === 0) judgeQuiescence(world, isAfterlife);
};

const run = async (world: World): Promise<void> => {
  await settleAll(world, false);
  const { afterlife } = world.plan;
  if (afterlife === undefined || world.observer.violations.length > 0) return;
  beginAfterlife(world, afterlife);
  await settleAll(world, true);
};

/** Runs one seed to its end, or to the first violation: what comes after that means nothing. */
export const runSeed = async (seed: number, options: { readable?: boolean } = {}): Promise<SeedResult> => {
  const world = makeWorld(seed, options);
  try {
    await run(world);
  } finally {
    world.end();
  }
  const { scheduler, trace, observer } = world;
  const { violations } = observer;
  return { seed, steps: scheduler.steps, fingerprint: trace.fingerprint(), violations, lines: trace.lines };
};
