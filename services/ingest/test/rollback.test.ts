import {
  appliedPartsV1,
  derivedDocumentV1,
  documentsDerivedV1,
  makeEvent,
  runSealedV1,
  snapshotPublishedV1,
  type AppliedPartsV1,
  type DocumentsDerivedV1,
} from '@alluvium/contracts';
import { delivered, testContext } from '@alluvium/testkit';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { makeHandler as onPartSettled } from '../src/handlers/on-part-settled.ts';
import { ingest, makeWorld, nextDay, putSource, upload, type World } from './support/world.ts';

const INDEX = { path: 'indexes/docs/model=tiny/dims=4/', modelId: 'tiny', dims: 4 };

type Part = AppliedPartsV1['parts'][number];

let world: World;
let version: number;

const partsSince = (first: number): Part[] =>
  world.bus
    .dataOf(documentsDerivedV1)
    .slice(first)
    .filter(({ records }) => records > 0)
    .map(({ runId, attempt, part }) => ({ runId, attempt, part, deltaId: 'd'.repeat(26) }));

/** Announces a version, as the compactor does. */
const announce = async (
  kind: string,
  told: { applied: Part[]; reverted?: Part[] },
  at = (version += 1),
): Promise<void> => {
  const list = (name: string, parts: Part[]) =>
    world.objects.writeDocument(appliedPartsV1, `published/${at}-${name}.json`, {
      collection: 'docs',
      parts,
    });
  const data = {
    ...{ collection: 'docs', index: INDEX, version: at, publishId: '0'.repeat(26), fence: 1, kind },
    publishedAt: new Date(world.runtime.origin.nowMs()).toISOString(),
    counts: { documents: 1, chunks: 1 },
    applied: await list('applied', told.applied),
    ...(told.reverted && { reverted: await list('reverted', told.reverted) }),
  };
  const event = makeEvent(snapshotPublishedV1, data, { correlationId: 'c' }, world.runtime.origin);
  await onPartSettled(world.deps)(delivered(event), testContext());
};

const derivedSince = async (first: number): Promise<string[]> => {
  const events = world.bus.dataOf(documentsDerivedV1).slice(first);
  const pointers = events.flatMap(({ derived }: DocumentsDerivedV1['data']) => derived ?? []);
  const parts = await Promise.all(
    pointers.map((pointer) => world.objects.readRecords(derivedDocumentV1, pointer)),
  );
  return parts.flat().map(({ documentId }) => documentId);
};

const derivedParts = (): number => world.bus.dataOf(documentsDerivedV1).length;

const crawlAgain = async (): Promise<string[]> => {
  const before = derivedParts();
  await nextDay(world);
  return derivedSince(before);
};

beforeEach(async () => {
  version = 0;
  world = makeWorld();
  for (const id of ['a', 'b']) world.pages.set(id, `The text of ${id}.`);
  await ingest(world, putSource(world));
  await announce('commit', { applied: partsSince(0) });
});

describe('a crawl after a rollback', () => {
  it('sends again what the rollback took out, and nothing else', async () => {
    const before = derivedParts();
    world.pages.set('b', 'Changed on the second day.');
    expect(await crawlAgain()).toEqual(['site/page#b']);
    const second = partsSince(before);
    await announce('commit', { applied: second });
    expect(await crawlAgain()).toEqual([]);
    await announce('rollback', { applied: [], reverted: second });
    expect(await crawlAgain()).toEqual(['site/page#b']);
  });

  it('sends nothing again when the rollback was undone', async () => {
    const all = partsSince(0);
    await announce('rollback', { applied: [], reverted: all });
    await announce('unrevert', { applied: all, reverted: [] });
    expect(await crawlAgain()).toEqual([]);
  });

  it.each(['commit', 'unrevert'])('is not misled by an earlier %s that comes late', async (kind) => {
    const all = partsSince(0);
    await announce('rollback', { applied: [], reverted: all }, 5);
    await announce(kind, { applied: all, ...(kind === 'unrevert' && { reverted: [] }) }, 1);
    expect(await crawlAgain()).toEqual(['site/page#a', 'site/page#b']);
  });

  it('looks at everything when the rollback may lie behind all crawls that are remembered', async () => {
    const all = partsSince(0);
    for (let day = 0; day < 20; day += 1) expect(await crawlAgain()).toEqual([]);
    await announce('rollback', { applied: [], reverted: all });
    expect(await crawlAgain()).toEqual(['site/page#a', 'site/page#b']);
    await announce('commit', { applied: partsSince(derivedParts() - 2) });
    expect(await crawlAgain()).toEqual([]);
    expect(world.bus.dataOf(runSealedV1).at(-1)).toMatchObject({ total: 0 });
  });
});

describe('an upload after a rollback', () => {
  it('sends its files again, and only once', async () => {
    const files = { 'guide.md': 'Deltas settle.' };
    const sendAgain = async (): Promise<string[]> => {
      const before = derivedParts();
      world.runtime.advance(60_000);
      await ingest(world, upload(world, files, { uploadId: `upload-${before}` }));
      return derivedSince(before);
    };
    const before = derivedParts();
    expect(await sendAgain()).toEqual(['files/document#guide.md']);
    const parts = partsSince(before);
    await announce('commit', { applied: parts });
    expect(await sendAgain()).toEqual([]);
    await announce('rollback', { applied: [], reverted: parts });
    expect(await sendAgain()).toEqual(['files/document#guide.md']);
    expect(await sendAgain()).toEqual([]);
  });
});
