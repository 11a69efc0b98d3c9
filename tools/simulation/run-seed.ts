import { VirtualProcess } from '@alluvium/testkit/simulation';
import { collectOnce } from './actors/collector.ts';
import { startProducer } from './actors/producer.ts';
import { lookOnce } from './actors/reader.ts';
import { itemName, type IndexFacts } from './facts.ts';
import { nothingIsLeft } from './invariants/history.ts';
import type { Violation } from './invariants/invariant.ts';
import { everythingSettles } from './invariants/liveness.ts';
import { orphansOf } from './orphans.ts';
import type { Epoch } from './plan.ts';
import { quiescence, stillLost } from './quiescence.ts';
import { makeWorld, startPeople, type World } from './world.ts';

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
const isUnderWay = ({ scheduler, services: { queues } }: World): boolean =>
  Object.values(queues).some(({ kept }) => kept.size > 0) ||
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

const beginEpoch = (world: World, { afterMs, stormMs, ...rest }: Epoch, number: number): void => {
  const { scheduler, services, observer, producers, climate } = world;
  const { fresh, replays, isPastHorizon } = rest;
  scheduler.nowMs += afterMs;
  climate.stormMs = scheduler.nowMs + stormMs;
  scheduler.note('clock', `${Math.round(afterMs / 3_600_000)} hours have passed`);
  if (isPastHorizon)
    for (const { planned, attempt } of replays)
      observer.facts.replayed.add(itemName({ deltaId: planned.delta.deltaId, attempt }));
  producers.push(startProducer(services, `producer-late-${number}`, [...fresh, ...replays]));
  if (stormMs > 0) startPeople(world, number);
};

const judgeQuiescence = (world: World, epochsBegun: number): void => {
  const { observer, services } = world;
  const { deltas } = services.queues;
  const dead = [...deltas.deadLetters, ...services.deadLetters.kept.values()];
  const held = heldLeases(world);
  const deadLetters = dead.map(({ body }) => body);
  observer.judge(everythingSettles, quiescence(observer.facts, { held, deadLetters }, epochsBegun));
};

const isOverdue = ({ scheduler, climate }: World): boolean =>
  scheduler.nowMs > climate.stormMs + CALM_MS || scheduler.steps > MOST_STEPS;

const settleAll = async (world: World, epochsBegun: number): Promise<void> => {
  const { scheduler, observer } = world;
  while (observer.violations.length === 0 && !isQuiet(world) && !isOverdue(world)) {
    await scheduler.step();
    await observer.settle();
  }
  if (observer.violations.length === 0) judgeQuiescence(world, epochsBegun);
};

/** Lets one process do its work when nothing else is to be done; throws what it throws. */
const finish = async (
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

// Two cycles, once everything is old enough, leave nothing but what is needed.
const cleanUp = async (world: World, index: IndexFacts): Promise<void> => {
  const { scheduler, services, observer, plan } = world;
  const { garbage } = plan;
  const { youngMs, graceMs, retention } = garbage;
  for (const waitMs of [Math.max(youngMs, retention.allForMs), graceMs]) {
    scheduler.nowMs += waitMs + MOST_SKEW_MS;
    const { indexPath } = index;
    await finish(world, `collector.at-${scheduler.nowMs}`, (process) =>
      collectOnce({ services, plan: garbage, indexPath }, process),
    );
  }
  const left = orphansOf(services.s3.objects, index, observer.retained(index));
  observer.judge(nothingIsLeft, { indexPath: index.indexPath, left });
};

const judgeEnd = async (world: World): Promise<void> => {
  const { plan, observer } = world;
  for (const [position, index] of [...observer.facts.indexes.values()].entries()) {
    if (observer.violations.length > 0) return;
    const name = `last-reader-${position + 1}`;
    if (plan.tail !== undefined) await finish(world, name, (process) => lookOnce(process, world, index));
    if (plan.garbage.everyMs !== undefined && index.head !== undefined) await cleanUp(world, index);
  }
};

const run = async (world: World): Promise<void> => {
  const { plan, observer } = world;
  await settleAll(world, 0);
  for (const [position, epoch] of plan.epochs.entries()) {
    if (observer.violations.length > 0) return;
    beginEpoch(world, epoch, position + 1);
    await settleAll(world, position + 1);
  }
  await judgeEnd(world);
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
