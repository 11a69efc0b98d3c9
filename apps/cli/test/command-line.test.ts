import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runAlluvium } from './support/run-alluvium.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alluvium-cli-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Runs the command line where no stack is running. */
const alluvium = (args: string[], stdin = '') => runAlluvium(folder, args, stdin);

const request = JSON.stringify({ collection: 'docs', requestId: 'by-hand' });

describe('alluvium', () => {
  it.each([
    [],
    ['up'],
    ['ingest'],
    ['search'],
    ['status'],
    ['runs'],
    ['collections'],
    ['sources'],
    ['sources', 'add'],
    ['sources', 'run'],
    ['export'],
    ['import'],
    ['eval'],
    ['recall'],
    ['events'],
    ['events', 'emit'],
    ['snapshots'],
    ['snapshots', 'rollback'],
    ['keys'],
    ['keys', 'create'],
    ['lock'],
    ['model'],
    ['model', 'add'],
    ['gc'],
    ['dlq'],
    ['dlq', 'redrive'],
  ])('explains itself within 80 columns: %s %s', async (...command) => {
    const { code, stdout } = await alluvium([...command, '--help']);
    expect(code).toBe(0);
    expect(stdout).toContain('Usage: alluvium');
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it('says what to do when no stack is running', async () => {
    const { code, stdout, stderr } = await alluvium(['search', 'leases']);
    expect([code, stdout]).toEqual([5, '']);
    expect(stderr).toContain('alluvium up');
  });

  it('names a folder that does not exist', async () => {
    const { code, stderr } = await alluvium(['ingest', './nowhere']);
    expect(code).toBe(3);
    expect(stderr).toContain('./nowhere does not exist');
  });

  it('refuses a name that no collection can have', async () => {
    await writeFile(join(folder, 'a.md'), '# A');
    const { code, stderr } = await alluvium(['ingest', 'a.md', '--collection', '../x']);
    expect(code).toBe(2);
    expect(stderr).toContain('"../x"');
  });

  it('suggests the command that was meant', async () => {
    const { code, stderr } = await alluvium(['serach', 'x']);
    expect(code).toBe(2);
    expect(stderr).toContain('search');
  });

  it('validates an event without sending it', async () => {
    const { code, stdout } = await alluvium(
      ['events', 'emit', 'compaction.requested', '--data', '-', '--dry-run'],
      request,
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      detailType: 'compaction.requested.v1',
      detail: { data: { collection: 'docs' }, metadata: { producer: 'cli@0.1.0' } },
    });
  });

  it('names the JSON path of what is wrong with an event', async () => {
    const { code, stderr } = await alluvium(
      ['events', 'emit', 'compaction.requested', '-d', '-', '--dry-run'],
      '{"collection":"docs"}',
    );
    expect(code).toBe(2);
    expect(stderr).toContain('/data/requestId is missing');
  });

  it('lists the events when one is not known', async () => {
    const { code, stderr } = await alluvium(['events', 'emit', 'nothing.happened', '-d', '-'], request);
    expect(code).toBe(3);
    expect(stderr).toContain('snapshot.published.v1');
  });
});
