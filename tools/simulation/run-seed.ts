import { VirtualProcess } from '@alluvium/testkit/simulation';
import { itemName, type IndexFacts } from './facts.ts';
import { everythingSettles, type Quiescence } from './invariants/liveness.ts';
import type { Violation } from './invariants/invariant.ts';
import { contentOf } from './reference-model.ts';
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
  return (
    heldLeases(world).length === 0 &&
    plan.indexPaths.every((path) => services.table.partition(`inbox#${path}`).length === 0)
  );
};

const quiescence = (world: World): Quiescence => {
  const { observer, plan, services } = world;
  const { facts } = observer;
  const good = plan.deltas.flat().filter(({ poison }) => poison === undefined);
  const delivered = plan.deltas
    .flat()
    .flatMap(({ delta, attempts }) =>
      Array.from({ length: attempts }, (_, index) =>
        itemName({ deltaId: delta.deltaId, attempt: index + 1 }),
      ),
    );
  const names = [...facts.contentKeys];
  return {
    states: new Map(delivered.map((name) => [name, facts.states.get(name) ?? 'ABSENT'])),
    poisoned: new Set(names.filter(([, key]) => facts.poisoned.has(key)).map(([name]) => name)),
    told: facts.told,
    held: heldLeases(world),
    deadLetters: [...services.deltas.deadLetters, ...services.deadLetters.kept.values()].map(
      ({ body }) => body,
    ),
    indexes: plan.indexPaths.map((indexPath) => ({
      indexPath,
      found:
        facts.indexes.get(indexPath)?.versions.get(facts.indexes.get(indexPath)?.head?.version ?? 0) ?? [],
      expected: contentOf(good.filter((planned) => planned.indexPath === indexPath).map(({ delta }) => delta))
        .chunkIds,
    })),
  };
};

const run = async (world: World): Promise<void> => {
  const { scheduler, observer, climate } = world;
  while (observer.violations.length === 0) {
    if (isQuiet(world)) break;
    if (scheduler.nowMs > climate.stormMs + CALM_MS || scheduler.steps > MOST_STEPS) break;
    await scheduler.step();
    await observer.settle();
  }
  if (observer.violations.length === 0) observer.judge(everythingSettles, quiescence(world));
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
