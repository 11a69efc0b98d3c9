import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '@alluvium/testkit/simulation';
import type { Stack } from './stack.ts';
import { leaseKeyOf, type World } from './world.ts';

/** How often each was killed. */
export interface Kills {
  worker: number;
  stack: number;
}

interface Killing {
  stack: Stack;
  world: World;
  indexPaths: readonly string[];
  random: Random;
}

const STACK_SHARE = 0.3;
const STILLBORN_SHARE = 0.25;
const BREAK_SHARE = 0.6;
/** How long a worker to be killed is waited for. */
const AIM_MS = 6_000;
const LOOK_EVERY_MS = 40;

const heldLeases = async ({ world, indexPaths }: Killing) => {
  const items = await Promise.all(indexPaths.map((path) => world.leases.read(leaseKeyOf(path))));
  return items.flatMap((item, index) =>
    item?.state === 'HELD' ? [{ item, key: leaseKeyOf(indexPaths[index] ?? '') }] : [],
  );
};

const pidsOf = async ({ stack }: Killing, name: string): Promise<number[]> => {
  const workers = (await stack.ask('workers')) as Record<string, number[]>;
  return Object.entries(workers).flatMap(([functionName, pids]) => (functionName.endsWith(name) ? pids : []));
};

// A compactor is in the middle of its work when its lease has just changed hands; other workers whenever they are there.
const takeAim = async (killing: Killing, name: string): Promise<number[]> => {
  const before = new Set((await heldLeases(killing)).map(({ item }) => item.fence));
  const untilMs = Date.now() + AIM_MS;
  while (Date.now() < untilMs) {
    const pids = await pidsOf(killing, name);
    const isAtWork = async (): Promise<boolean> =>
      name !== 'onDoorbell' || (await heldLeases(killing)).some(({ item }) => !before.has(item.fence));
    if (pids.length > 0 && (await isAtWork())) return pids;
    await sleep(LOOK_EVERY_MS);
  }
  return pidsOf(killing, name);
};

const killWorker = async (killing: Killing): Promise<boolean> => {
  const { random } = killing;
  const name = random.chance(0.6) ? 'onDoorbell' : 'onDeltaCreated';
  const delayMs = random.between(0, 250);
  const pids = await takeAim(killing, name);
  await sleep(delayMs);
  // All of one function: which of them is at work cannot be seen from outside.
  for (const pid of pids)
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended by itself.
    }
  return pids.length > 0;
};

const killStack = async ({ stack, random }: Killing): Promise<number> => {
  await sleep(random.between(200, 2_500));
  await stack.kill();
  const isStillborn = random.chance(STILLBORN_SHARE);
  if (isStillborn) await stack.startAndKill(random.between(200, 2_500));
  await stack.start();
  return isStillborn ? 2 : 1;
};

// A lease whose holder was killed runs out after a minute; an operator has not always the patience.
const breakLeases = async (killing: Killing): Promise<void> => {
  for (const { item, key } of await heldLeases(killing))
    await killing.world.leases.forceUnlock(key, item.rvn).catch(() => undefined);
};

/** Kills something. A worker when there is one, else the stack. */
export const killOnce = async (killing: Killing, kills: Kills): Promise<void> => {
  const { random } = killing;
  const isWorker = !random.chance(STACK_SHARE);
  if (isWorker && (await killWorker(killing))) kills.worker += 1;
  else kills.stack += await killStack(killing);
  if (random.chance(BREAK_SHARE)) {
    await breakLeases(killing);
    await killing.stack.ask('schedule').catch(() => undefined);
  }
};
