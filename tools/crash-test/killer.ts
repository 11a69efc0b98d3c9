import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '@alluvium/testkit/simulation';
import { readHead } from '@alluvium/vector-store';
import type { Stack } from './stack.ts';
import { leaseKeyOf, type World } from './world.ts';

/** How often each was killed. */
export interface Kills {
  worker: number;
  stack: number;
  /** How many leases lost their holder by it: compactors that died in the middle of a publish, by key and fence. */
  orphaned: Set<string>;
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
const LOOK_EVERY_MS = 15;

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

// Moments of a publish as they can be seen from outside: a lease is taken, a version is committed.
const takenLeases = async (killing: Killing): Promise<string[]> =>
  (await heldLeases(killing)).map(({ item, key }) => `${key.pk}#${item.fence}`);

const committedVersions = async ({ world, indexPaths }: Killing): Promise<string[]> => {
  const heads = await Promise.all(indexPaths.map((path) => readHead(world.store, path)));
  return heads.map((current, index) => `${indexPaths[index] ?? ''}#${current?.head.version ?? 0}`);
};

type Moments = (killing: Killing) => Promise<string[]>;

// The pids of a function, when something has just happened; after a while whatever there is.
const takeAim = async (killing: Killing, name: string, moments: Moments | undefined): Promise<number[]> => {
  const before = new Set(await moments?.(killing));
  const untilMs = Date.now() + AIM_MS;
  while (Date.now() < untilMs) {
    const isNow = moments === undefined || (await moments(killing)).some((moment) => !before.has(moment));
    const pids = isNow ? await pidsOf(killing, name) : [];
    if (pids.length > 0) return pids;
    await sleep(LOOK_EVERY_MS);
  }
  return pidsOf(killing, name);
};

/** What is killed, when, and by how much later. */
const AIMS: readonly { name: string; moments?: Moments; latestMs: number }[] = [
  { name: 'onDoorbell', moments: takenLeases, latestMs: 400 },
  { name: 'onDoorbell', moments: committedVersions, latestMs: 40 },
  { name: 'onDeltaCreated', latestMs: 250 },
];

const killWorker = async (killing: Killing): Promise<boolean> => {
  const { random } = killing;
  const { name, moments, latestMs } = random.pick(AIMS);
  const delayMs = random.between(0, latestMs);
  const pids = await takeAim(killing, name, moments);
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
  // Nobody else has taken one yet: doorbells come again after a second, and new processes take time to start.
  for (const lease of await takenLeases(killing)) kills.orphaned.add(lease);
  if (random.chance(BREAK_SHARE)) {
    await breakLeases(killing);
    await killing.stack.ask('schedule').catch(() => undefined);
  }
};
