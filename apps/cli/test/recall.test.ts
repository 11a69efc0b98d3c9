import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { writeCorpus } from './support/corpus.ts';
import { runAlluvium } from './support/run-alluvium.ts';
import { Stack } from './support/stack.ts';

const WHOLE_STACK_MS = 300_000;
let folder: string;
let stack: Stack;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alluvium-recall-'));
  await writeCorpus(join(folder, 'corpus'), 12, 6);
  stack = new Stack(join(folder, 'state'));
  await stack.start();
  await stack.run('ingest', join(folder, 'corpus'), '--wait');
}, WHOLE_STACK_MS);
afterAll(async () => {
  await stack.stop();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

describe('alluvium recall', () => {
  it('measures the live collection and says how sure it is', async () => {
    const { code, json, stderr } = await stack.run('recall', '--samples', '20', '-k', '5');
    expect([code, json]).toMatchObject([
      0,
      { collection: 'docs', queries: 20, k: 5, asked: 0.95, recall: 1, interval: { high: 1 } },
    ]);
    expect(stderr).toContain('20/20');
  });

  it('says of a collection without a snapshot that there is none', async () => {
    const { code, stderr } = await stack.run('recall', '-c', 'nowhere');
    expect([code, stderr]).toEqual([3, expect.stringContaining('nowhere')]);
  });

  it.each([
    [['--samples', '0'], '--samples'],
    [['-k', 'ten'], '-k'],
    [['--recall', '0.9'], '0.95, 0.99 or exact'],
    [['--seed', '1.5'], '--seed'],
  ])('explains a wrong call: %j', async (args, named) => {
    const { code, stderr } = await runAlluvium(folder, ['recall', ...args]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(named)]);
  });
});
