import { sourceStateV1, type SourceStateV1 } from '@alluvium/contracts';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { chooseBase, loadLeftover } from '../src/choose-base.ts';
import { makeWorld, type World } from './support/world.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const PLACE = { collection: 'docs', source: 'site' };

interface PastCrawl {
  fence: number;
  /** Hours ago. */
  began: number;
  ended: number;
  known: Record<string, string>;
  fate: 'applied' | 'failed';
  on?: number;
}

let world: World;

const runOf = (fence: number): string => String(fence).repeat(26);

/** One crawl with one part. */
const remember = async ({ fence, began, ended, known, fate, on }: PastCrawl): Promise<void> => {
  const { deps } = world;
  const nowMs = deps.runtime.origin.nowMs();
  const runId = runOf(fence);
  const manifest = { bucket: 'b', key: 'k', sha256: 'a'.repeat(64), bytes: 1, contentSchema: 'source.v1' };
  await deps.runs.register({
    ...{ runId, collection: 'docs', fence, sealedAttempt: 1 },
    source: { name: 'site', connector: 'sitemap', manifest },
    startedAt: new Date(nowMs - began * HOUR_MS).toISOString(),
  });
  const checkpoint = { known } as unknown as SourceStateV1['checkpoint'];
  const document = { collection: 'docs', source: 'site', runId, checkpoint };
  const state = await deps.objects.writeDocument(sourceStateV1, `runs/${runId}/state.json`, document);
  await deps.generations.add('docs', 'site', {
    ...{ runId, fence, parts: 1, state, writtenAtMs: nowMs - ended * HOUR_MS },
    ...(on !== undefined && { baseRunId: runOf(on) }),
  });
  await deps.checkpoints.settle([{ runId, attempt: 1, part: 0 }], fate);
};

const begun = async () => {
  const chosen = await chooseBase(world.deps, PLACE);
  return { base: chosen.base?.runId, known: (await loadLeftover(world.deps, chosen)).known };
};

beforeEach(() => {
  world = makeWorld();
});

describe('what a crawl begins with', () => {
  it('is the newest one when each was built upon the one before', async () => {
    await remember({ fence: 1, began: 48, ended: 47, known: { a: '1' }, fate: 'applied' });
    await remember({ fence: 2, began: 24, ended: 23, known: { a: '2' }, fate: 'applied', on: 1 });
    expect(await begun()).toEqual({ base: runOf(2), known: { a: '2' } });
  });

  it('has the documents of a newer one that failed, without what they were like', async () => {
    await remember({ fence: 1, began: 48, ended: 47, known: { a: '1', b: '1' }, fate: 'applied' });
    await remember({
      fence: 2,
      began: 24,
      ended: 23,
      known: { a: '1', b: '2', c: '1' },
      fate: 'failed',
      on: 1,
    });
    expect(await begun()).toEqual({ base: runOf(1), known: { a: '1', b: '', c: '' } });
  });

  it('has those of one that went on beside it, and does not believe what they saw differently', async () => {
    await remember({ fence: 1, began: 10, ended: 2, known: { a: '3', c: '1' }, fate: 'applied' });
    await remember({ fence: 2, began: 9, ended: 8, known: { a: '2', b: '1' }, fate: 'applied' });
    expect(await begun()).toEqual({ base: runOf(2), known: { a: '', b: '1', c: '' } });
  });

  it('is not one that may have left out what another lost beside it', async () => {
    await remember({ fence: 1, began: 72, ended: 71, known: { a: '1' }, fate: 'applied' });
    await remember({ fence: 2, began: 10, ended: 2, known: { a: '2' }, fate: 'failed', on: 1 });
    await remember({ fence: 3, began: 9, ended: 1, known: { a: '2' }, fate: 'applied', on: 1 });
    expect(await begun()).toEqual({ base: runOf(1), known: { a: '' } });
  });

  it('forgets a failure that the base has seen to', async () => {
    await remember({ fence: 1, began: 72, ended: 71, known: { a: '1' }, fate: 'applied' });
    await remember({ fence: 2, began: 48, ended: 47, known: { a: '2', b: '1' }, fate: 'failed', on: 1 });
    await remember({ fence: 3, began: 24, ended: 23, known: { a: '2' }, fate: 'applied', on: 1 });
    expect(await begun()).toEqual({ base: runOf(3), known: { a: '2' } });
  });
});
