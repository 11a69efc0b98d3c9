import { setTimeout as sleep } from 'node:timers/promises';
import type { LeaseItem } from '@alluvium/vector-store';
import type { Stack } from './stack.ts';
import { leaseKeyOf, readTable, type World } from './world.ts';

interface Pending {
  messages: number;
  delivering: boolean;
  asynchronous: number;
  running: number;
}

const PAUSE_MS = 500;
const SCHEDULE_EVERY_MS = 5_000;
/** Longer than a lease takes to run out, twice. */
const PATIENCE_MS = 240_000;
const CALM_MS = 30_000;

const isIdle = ({ messages, delivering, asynchronous, running }: Pending): boolean =>
  messages === 0 && !delivering && asynchronous === 0 && running === 0;

/**
 * Whether a lease keeps others out. One whose holder died when nothing was left to do stays HELD, runs out and is there for whoever
 * comes next.
 */
export const isHeld = (item: LeaseItem | undefined): boolean =>
  item?.state === 'HELD' && item.expiresAtMs > Date.now();

const askPending = async (stack: Stack): Promise<Pending> => (await stack.ask('pending')) as Pending;

/**
 * Lets queues run empty, half a minute at most: a message that is killed with its worker five times in a row is given up, rightly, and that
 * is not what the test is about.
 */
export const calmDown = async (stack: Stack): Promise<void> => {
  const untilMs = Date.now() + CALM_MS;
  while (Date.now() < untilMs && !isIdle(await askPending(stack))) await sleep(PAUSE_MS);
};

const whatIsLeft = async (stack: Stack, world: World, indexPaths: readonly string[]): Promise<string[]> => {
  const pending = await askPending(stack);
  const waiting = (await readTable(world)).filter(({ pk }) => pk.startsWith('inbox#'));
  const leases = await Promise.all(indexPaths.map((path) => world.leases.read(leaseKeyOf(path))));
  const held = indexPaths.filter((_, index) => isHeld(leases[index]));
  return [
    ...(isIdle(pending) ? [] : [`work under way: ${JSON.stringify(pending)}`]),
    ...waiting.map(({ pk, sk }) => `PENDING: ${pk} ${sk}`),
    ...held.map((path) => `the lease of ${path} is held`),
  ];
};

/** Waits until nothing moves any more, firing the schedule, for four minutes at most; what is left then, in words. */
export const untilSettled = async (
  stack: Stack,
  world: World,
  indexPaths: readonly string[],
): Promise<string[]> => {
  const untilMs = Date.now() + PATIENCE_MS;
  let firedAtMs = 0;
  for (;;) {
    const left = await whatIsLeft(stack, world, indexPaths);
    if (left.length === 0 || Date.now() > untilMs) return left;
    if (Date.now() - firedAtMs > SCHEDULE_EVERY_MS) {
      firedAtMs = Date.now();
      await stack.ask('schedule');
    }
    await sleep(PAUSE_MS);
  }
};
