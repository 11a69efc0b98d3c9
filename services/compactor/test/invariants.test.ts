import { PipelineError } from '@alluvium/contracts';
import { headKey, readHead } from '@alluvium/vector-store';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { deltaOf, INDEX_PATH } from './support/deltas.ts';
import { answer, answerAll, arrive, makeWorld, type World } from './support/world.ts';

const INDEX = { collection: 'docs', indexPath: INDEX_PATH };
const HOUR_MS = 3_600_000;

let world: World;
let told: Record<string, unknown>[];
let counted: number;

beforeEach(() => {
  world = makeWorld();
  told = [];
  counted = 0;
  const { logger, metrics } = world.runtime;
  logger.error = (message: unknown, ...[extra]: unknown[]) => {
    if (message === 'An invariant is broken') told.push(extra as Record<string, unknown>);
  };
  metrics.addMetric = (name: string) => {
    if (name === 'InvariantBroken') counted += 1;
    return metrics;
  };
});

const ring = async (deps = world.deps): Promise<void> => {
  world.doorbell.take();
  await world.doorbell.ring(INDEX, 0);
  await answer(world, deps);
};

const settle = async (part: number): Promise<void> => {
  await arrive(world, deltaOf(part));
  await answerAll(world);
};

const expectTold = (...invariants: string[]): void => {
  expect(told.map(({ collection, invariant }) => [collection, invariant])).toEqual(
    invariants.map((invariant) => ['docs', invariant]),
  );
  expect(counted).toBe(invariants.length);
};

const headBytes = async (): Promise<Uint8Array> => {
  const object = await world.store.get(headKey(INDEX_PATH));
  if (object === undefined || object === 'not-modified') throw new Error('There is no HEAD');
  return object.body;
};

describe('the invariants', () => {
  it('are not spoken of while they hold', async () => {
    for (const part of [0, 1, 2]) await settle(part);
    expectTold();
  });

  it('tell of a HEAD that somebody put back', async () => {
    await settle(0);
    const old = await headBytes();
    await settle(1);
    await settle(2);
    await world.store.put(headKey(INDEX_PATH), old);
    await arrive(world, deltaOf(3));
    await ring();
    expect((await readHead(world.store, INDEX_PATH))?.head.version).toBe(2);
    expectTold('HEAD_GOES_ON');
    expect(told[0]).toMatchObject({ indexPath: INDEX_PATH, reason: expect.stringContaining('version 2') });
  });

  it('tell of an object that a snapshot names and that is gone', async () => {
    await settle(0);
    const { head } = (await readHead(world.store, INDEX_PATH))!;
    await world.store.delete(head.manifestKey!);
    await arrive(world, deltaOf(1));
    await ring();
    expectTold('OBJECTS_ARE_THERE');
  });

  it('tell of books that do not agree', async () => {
    await arrive(world, deltaOf(0));
    const mismatch = new PipelineError('One chunk is missing', { code: 'PUBLISH_MISMATCH', kind: 'corrupt' });
    const readBytes = (): Promise<Uint8Array> => Promise.reject(mismatch);
    const put = (): Promise<never> => Promise.reject(mismatch);
    await ring({ ...world.deps, objects: { ...world.objects, readBytes }, store: { ...world.store, put } });
    expectTold('BOOKS_AGREE');
  });

  it('tell of deltas that wait for hours', async () => {
    await arrive(world, deltaOf(0));
    world.objects.stored.clear();
    await ring();
    expectTold();
    world.runtime.advance(7 * HOUR_MS);
    await ring();
    expectTold('DELTAS_ARE_SETTLED');
    expect(told[0]).toMatchObject({ reason: expect.stringContaining('1 deltas') });
  });
});
