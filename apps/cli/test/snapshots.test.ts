import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ErasureV1, RetrieveResponseV1 } from '@alluvium/contracts';
import type { GarbageReport, KnownVersion, VersionDiff } from '@alluvium/vector-store';
import { writeCorpus } from './support/corpus.ts';
import { Stack } from './support/stack.ts';

const WHOLE_STACK_MS = 300_000;
/** Of tests that run many commands, each a process. */
const MANY_COMMANDS_MS = 180_000;
let folder: string;
let stack: Stack;

const versions = async (): Promise<KnownVersion[]> =>
  ((await stack.run('snapshots', 'ls')).json as { versions: KnownVersion[] }).versions;

const titlesFor = async (words: string): Promise<string[]> => {
  const { json } = await stack.run('search', words, '--mode', 'lexical');
  return (json as RetrieveResponseV1).results.map(({ title }) => title);
};

let before: number;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alluvium-snapshots-'));
  await writeCorpus(join(folder, 'corpus'), 6, 3);
  stack = new Stack(join(folder, 'state'));
  await stack.start();
  await stack.run('ingest', join(folder, 'corpus'), '--wait');
  before = (await versions())[0]?.version ?? 0;
  await writeFile(join(folder, 'mistake.md'), '# A mistake\n\nHerons were never meant to be here.\n');
  await stack.run('ingest', join(folder, 'mistake.md'), '--wait');
}, WHOLE_STACK_MS);
afterAll(async () => {
  await stack.stop();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

describe('alluvium snapshots', () => {
  it('lists versions and tells what a publish changed', async () => {
    const [newest, previous] = await versions();
    expect([newest?.state, previous?.version]).toEqual(['current', before]);
    const { json } = await stack.run('snapshots', 'diff', String(before));
    expect(json).toMatchObject({
      from: before,
      added: { count: 1 },
      changed: { count: 0 },
      deleted: { count: 0 },
    });
    const { json: shown } = await stack.run('snapshots', 'show', String(before));
    expect(shown).toMatchObject({ version: before, state: 'kept', documents: 6 });
  });

  it(
    'names a version, verifies it, and goes back to it; searches see what was',
    async () => {
      expect(await titlesFor('herons')).toContain('A mistake');
      expect(
        await stack.run('snapshots', 'tag', 'good', String(before), '--note', 'before the herons'),
      ).toMatchObject({
        code: 0,
        json: { name: 'good', version: before },
      });
      expect(await stack.run('snapshots', 'verify', 'good')).toMatchObject({
        code: 0,
        json: { problems: [] },
      });
      const done = await stack.run('snapshots', 'rollback', 'good', '--yes', '--reason', 'herons');
      expect(done).toMatchObject({
        code: 0,
        json: { isCommitted: true, to: before, reverted: [{ parts: [{}] }] },
      });
      expect(await titlesFor('herons')).toEqual([]);
      expect((await versions())[0]).toMatchObject({ change: { kind: 'rollback', version: before } });
    },
    MANY_COMMANDS_MS,
  );

  it(
    'sends again what was taken out, when its source is ingested again, and takes that out as well',
    async () => {
      const mistake = join(folder, 'mistake.md');
      expect(await stack.run('ingest', mistake, '--wait')).toMatchObject({ code: 0 });
      expect(await titlesFor('herons')).toContain('A mistake');
      expect(await stack.run('snapshots', 'rollback', 'good', '--yes')).toMatchObject({ code: 0 });
      expect(await titlesFor('herons')).toEqual([]);
    },
    MANY_COMMANDS_MS,
  );

  it(
    'lets in again on purpose what was taken out',
    async () => {
      expect(await stack.run('snapshots', 'unrevert', '--yes')).toMatchObject({
        code: 0,
        json: { state: 'done', summary: expect.stringContaining('2 deltas again') },
      });
      expect(await titlesFor('herons')).toContain('A mistake');
    },
    MANY_COMMANDS_MS,
  );

  it(
    'erases a document from every version, and drops the versions that held it',
    async () => {
      const diff = (await stack.run('snapshots', 'diff', 'good')).json as VersionDiff;
      const [id = ''] = diff.added.ids;
      const { code, json } = await stack.run('snapshots', 'erase', id, '--yes');
      const [erasure] = (json as { erasures: ErasureV1[] }).erasures;
      expect([code, erasure?.proof.found, erasure?.documentIds]).toEqual([0, 0, [id]]);
      expect(erasure?.deletedKeys.map((key) => key.split('/')[0]).sort()).toEqual(
        expect.arrayContaining(['chunks', 'derived', 'embeddings', 'inbox', 'raw']),
      );
      expect((await versions()).map(({ state }) => state)).not.toContain('going');
      expect(await titlesFor('herons')).toEqual([]);
      expect(await stack.run('snapshots', 'verify')).toMatchObject({ code: 0, json: { problems: [] } });
      expect(await stack.run('snapshots', 'untag', 'good', '--yes')).toMatchObject({ code: 0 });
    },
    MANY_COMMANDS_MS,
  );

  it.each([
    [['snapshots', 'show', '9999'], 3, 'VERSION_UNKNOWN'],
    [['snapshots', 'rollback', 'nowhere', '--yes'], 3, 'TAG_UNKNOWN'],
    [['snapshots', 'rollback', '1'], 2, '--yes'],
    [['snapshots', 'ls', '-c', 'nowhere'], 3, 'nowhere'],
    [['snapshots', 'tag', '2026-01-01'], 2, 'AS_OF_INVALID'],
    [['snapshots', 'erase', 'heron', '--yes'], 2, 'heron'],
    [['gc', '--keep-days', 'x'], 2, '--keep-days'],
  ])('explain a wrong call: %j', async (args, code, named) => {
    const answer = await stack.run(...args);
    expect([answer.code, answer.stderr]).toEqual([code, expect.stringContaining(named)]);
  });
});

describe('alluvium gc', () => {
  it('only says what it would do, then marks', async () => {
    const keep = ['--keep-versions', '0', '--keep-days', '0', '--keep-daily', '0'];
    const dry = (await stack.run('gc', ...keep)).json as GarbageReport;
    expect(dry).toMatchObject({ dryRun: true, deleted: { objects: 0 } });
    expect(dry.young.objects).toBeGreaterThan(0);
    const { code, json } = await stack.run('gc', ...keep, '--yes');
    expect([code, (json as GarbageReport).dryRun]).toEqual([0, false]);
    expect(await stack.run('snapshots', 'verify')).toMatchObject({ json: { problems: [] } });
  });
});

describe('alluvium lock', () => {
  it('shows who has it, and does not break what is free', async () => {
    const { json } = await stack.run('lock', 'show');
    expect(json).toMatchObject({ lease: { state: 'FREE', fence: expect.any(Number) } });
    expect(await stack.run('lock', 'break', '--yes')).toMatchObject({ code: 0, json: { isBroken: false } });
  });
});
