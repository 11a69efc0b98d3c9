import { hasCode } from '@alluvium/contracts';
import { collectOnce } from './actors/collector.ts';
import { startProducer } from './actors/producer.ts';
import { lookOnce } from './actors/reader.ts';
import { itemName, type IndexFacts } from './facts.ts';
import { nothingIsLeft } from './invariants/history.ts';
import type { Violation } from './invariants/invariant.ts';
import { everythingSettles } from './invariants/liveness.ts';
import { orphansOf } from './orphans.ts';
import type { Epoch } from './plan.ts';
import { isPipelineSeed, makePipelineWorld } from './pipeline/pipeline-world.ts';
import { runPipeline } from './pipeline/run-pipeline.ts';
import { quiescence } from './quiescence.ts';
import { finish, heldLeases, MOST_SKEW_MS, settleAll } from './settling.ts';
import { makeWorld, startPeople, type World } from './world.ts';

/** An hour, and what it takes to go on. */
const LONGEST_PAUSE_MS = 4_500_000;

/** How a run went. */
export interface SeedResult {
  seed: number;
  steps: number;
  fingerprint: string;
  violations: Violation[];
  /** What happened, line by line, if it was asked for. */
  lines: readonly string[];
}

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

const settleEpoch = async (world: World, epochsBegun: number): Promise<void> => {
  await settleAll(world);
  if (world.observer.violations.length === 0) judgeQuiescence(world, epochsBegun);
};

// Somebody may have slept long, and come first.
const untilUnfenced = async (work: () => Promise<void>): Promise<void> => {
  for (let tries = 1; ; tries += 1) {
    try {
      await work();
      return;
    } catch (error) {
      if (!hasCode(error, 'FENCED') || tries === 3) throw error;
    }
  }
};

// Two cycles, once everything is old enough, leave nothing but what is needed.
const cleanUp = async (world: World, index: IndexFacts): Promise<void> => {
  const { scheduler, services, observer, plan } = world;
  const { garbage } = plan;
  const { youngMs, graceMs, retention } = garbage;
  for (const waitMs of [Math.max(youngMs, retention.allForMs), graceMs]) {
    scheduler.nowMs += waitMs + MOST_SKEW_MS;
    const { indexPath } = index;
    await untilUnfenced(() =>
      finish(world, `collector.at-${scheduler.nowMs}`, (process) =>
        collectOnce({ services, plan: garbage, indexPath }, process),
      ),
    );
  }
  const left = orphansOf(services.s3.objects, index, observer.retained(index));
  observer.judge(nothingIsLeft, { indexPath: index.indexPath, left });
};

// Whoever still stands still comes round, and does what he was about to do.
const awaken = async ({ scheduler, observer }: World): Promise<void> => {
  const untilMs = scheduler.nowMs + LONGEST_PAUSE_MS;
  while (scheduler.nowMs < untilMs && observer.violations.length === 0 && (await scheduler.step()))
    await observer.settle();
};

const judgeEnd = async (world: World): Promise<void> => {
  const { plan, observer } = world;
  if (plan.garbage.everyMs !== undefined) await awaken(world);
  for (const [position, index] of [...observer.facts.indexes.values()].entries()) {
    if (observer.violations.length > 0) return;
    const name = `last-reader-${position + 1}`;
    if (plan.tail !== undefined) await finish(world, name, (process) => lookOnce(process, world, index));
    if (plan.garbage.everyMs !== undefined && index.head !== undefined) await cleanUp(world, index);
  }
};

const run = async (world: World): Promise<void> => {
  const { plan, observer } = world;
  await settleEpoch(world, 0);
  for (const [position, epoch] of plan.epochs.entries()) {
    if (observer.violations.length > 0) return;
    beginEpoch(world, epoch, position + 1);
    await settleEpoch(world, position + 1);
  }
  await judgeEnd(world);
};

const runWorld = async <W extends World>(world: W, run: (world: W) => Promise<void>): Promise<World> => {
  try {
    await run(world);
  } finally {
    world.end();
  }
  return world;
};

/** Runs one seed to its end, or to the first violation: what comes after that means nothing. */
export const runSeed = async (seed: number, options: { readable?: boolean } = {}): Promise<SeedResult> => {
  const { scheduler, trace, observer } = isPipelineSeed(seed)
    ? await runWorld(makePipelineWorld(seed, options), runPipeline)
    : await runWorld(makeWorld(seed, options), run);
  const { violations } = observer;
  return { seed, steps: scheduler.steps, fingerprint: trace.fingerprint(), violations, lines: trace.lines };
};
