import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { seededRandom } from '@alluvium/testkit/simulation';
import { judge } from './judge.ts';
import { killOnce, type Kills } from './killer.ts';
import { observe } from './observe.ts';
import { makePlan, type Plan } from './plan.ts';
import { startProducer } from './producer.ts';
import { startReader } from './reader.ts';
import { calmDown, untilSettled } from './settle.ts';
import { Stack } from './stack.ts';
import { packStacks } from './stacks.ts';
import { openWorld, untilDone, type World } from './world.ts';

export interface CrashTestOptions {
  /** The repository. */
  root: string;
  rounds: number;
  deltas: number;
  seed: string;
  /** What is being done. */
  onProgress: (message: string) => void;
  /** Hears after each round. */
  onRound: (done: number, kills: Kills) => void;
}

/** What came of it; all is well when `problems` is empty. */
export interface CrashTestResult {
  rounds: number;
  kills: Omit<Kills, 'orphaned'> & { orphanedLeases: number };
  deltas: number;
  /** Of all indexes together. */
  version: number;
  problems: string[];
  /** Where state and logs lie; gone when all is well. */
  directory: string;
}

/** Between rounds that let the queues run empty. */
const ROUNDS_A_BREATH = 3;

// Round by round, so that deltas flow as long as things are killed.
const sliceOf = (plan: Plan, round: number, rounds: number): Plan['announcements'] => {
  const { announcements } = plan;
  const at = (index: number): number => Math.floor((announcements.length * index) / rounds);
  return announcements.slice(at(round), at(round + 1));
};

const crash = async (stack: Stack, world: World, plan: Plan, options: CrashTestOptions): Promise<Kills> => {
  const { rounds, seed, onRound } = options;
  const kills: Kills = { worker: 0, stack: 0, orphaned: new Set() };
  const killing = { stack, world, indexPaths: plan.indexPaths, random: seededRandom(`${seed}/kills`) };
  const producer = startProducer(world);
  for (let round = 0; round < rounds; round += 1) {
    const produced = producer.produce(sliceOf(plan, round, rounds));
    // Heard of below; until then nobody listens.
    produced.catch(() => undefined);
    await killOnce(killing, kills);
    await produced;
    if ((round + 1) % ROUNDS_A_BREATH === 0) await calmDown(stack);
    onRound(round + 1, kills);
  }
  return kills;
};

const runOn = async (
  stack: Stack,
  options: CrashTestOptions,
  directory: string,
): Promise<CrashTestResult> => {
  const { deltas, rounds, seed, onProgress } = options;
  const plan = makePlan(seededRandom(`${seed}/plan`), deltas);
  onProgress('starting the stack');
  await stack.start();
  const world = await openWorld(stack.started);
  const reader = startReader(world, plan.indexPaths);
  onProgress(`${deltas} deltas, ${plan.announcements.length} events, ${rounds} rounds`);
  const { orphaned, ...killed } = await crash(stack, world, plan, options);
  onProgress('waiting until everything has settled');
  const left = await untilSettled(stack, world, plan.indexPaths);
  await reader.stop();
  onProgress('checking');
  const found = await untilDone(() => observe(world, plan.indexPaths));
  const problems = [...reader.problems, ...left, ...judge(plan, found)];
  const version = found.indexes.reduce((sum, index) => sum + index.version, 0);
  const kills = { ...killed, orphanedLeases: orphaned.size };
  return { rounds, kills, deltas, version, problems, directory };
};

/** Kills real processes while deltas flow, and compares what comes of it with what must. Errors: packaging, or a stack that does not start. */
export const runCrashTest = async (options: CrashTestOptions): Promise<CrashTestResult> => {
  const { root } = options;
  await mkdir(join(root, '.alluvium'), { recursive: true });
  const directory = await mkdtemp(join(root, '.alluvium/crash-test-'));
  const stacksFile = await packStacks(root, directory, options.onProgress).catch(async (error: unknown) => {
    await rm(directory, { recursive: true, force: true });
    throw error;
  });
  const stack = new Stack({ root, directory, stacksFile });
  const end = (): void => {
    void stack.kill().then(() => process.exit(130));
  };
  process.once('SIGINT', end);
  try {
    const result = await runOn(stack, options, directory);
    await stack.kill();
    if (result.problems.length === 0) await rm(directory, { recursive: true, force: true });
    return result;
  } finally {
    process.off('SIGINT', end);
    await stack.kill();
  }
};
