import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JobsV1, JobV1, RetrieveResponseV1 } from '@alluvium/contracts';
import { sha256Hex } from '@alluvium/contracts';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { writeCorpus } from './support/corpus.ts';
import { Stack } from './support/stack.ts';

const WHOLE_STACK_MS = 300_000;
let folder: string;
let corpus: string;
/** What an undisturbed run makes searchable. */
let expected: string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alluvium-river-'));
  corpus = join(folder, 'corpus');
  await writeCorpus(corpus, 240, 60);
});
afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

const waitForRun = async (stack: Stack, runId: string, wanted: (job: JobV1) => boolean): Promise<JobV1> => {
  for (const until = Date.now() + 120_000; ;) {
    await sleep(200);
    const { json, code } = await stack.run('runs', runId);
    if (code === 0 && wanted(json as JobV1)) return json as JobV1;
    if (Date.now() > until) throw new Error(`The run did not get there: ${JSON.stringify(json)}`);
  }
};
const isComplete = ({ complete }: JobV1): boolean => complete;

describe('an undisturbed stack', () => {
  const stack = (): Stack => (started ??= new Stack(join(folder, 'undisturbed')));
  let started: Stack | undefined;

  beforeAll(() => stack().start(), WHOLE_STACK_MS);
  afterAll(() => stack().stop());

  it(
    'makes a folder searchable, and tells when every part is in the snapshot',
    async () => {
      const { code, json } = await stack().run('ingest', corpus, '--wait');
      const job = json as JobV1;
      expect([code, job.state, job.totals.documents, job.totals.rejected]).toEqual([0, 'done', 240, 0]);
      expect(job.steps.applied).toEqual({ done: job.parts, failed: 0 });
      expected = await stack().searchableChunks('docs');
      expect(expected.length).toBe(job.totals.chunks);
    },
    WHOLE_STACK_MS,
  );

  it('answers a query with the documents it fits', async () => {
    const { json } = await stack().run('search', 'how do tombstones behave', '-k', '3');
    const { results, snapshot } = json as RetrieveResponseV1;
    expect(results).toHaveLength(3);
    for (const { title } of results) expect(title).toMatch(/tombstones/);
    expect(snapshot).toMatchObject({ documents: 240 });
  });

  it(
    'passes nothing on when the same folder comes again',
    async () => {
      const { json } = await stack().run('ingest', corpus, '--wait');
      expect((json as JobV1).totals).toMatchObject({ documents: 0, unchanged: 240, chunks: 0 });
      expect(await stack().searchableChunks('docs')).toEqual(expected);
    },
    WHOLE_STACK_MS,
  );

  it(
    'names every input that it leaves out, and takes the rest',
    async () => {
      const bad = join(folder, 'bad');
      await mkdir(bad);
      await writeFile(join(bad, 'good.md'), '# Good\n\nThis one is fine.\n');
      await writeFile(join(bad, 'empty.md'), '');
      await writeFile(join(bad, 'image.png'), Buffer.from([137, 80, 78, 71, 0, 0, 0, 13, 0, 1, 2, 3]));
      await writeFile(join(bad, 'latin.txt'), Buffer.from([0x63, 0x61, 0x66, 0xe9, 0x20, 0x61]));
      await writeFile(
        join(bad, 'lines.jsonl'),
        '{"id":"one","text":"First line."}\n{"id":"two",\n{"id":"three","text":"Third line."}\n',
      );
      const { json } = await stack().run('ingest', bad, '--collection', 'bad', '--wait');
      const job = json as JobV1;
      expect(job).toMatchObject({ state: 'done', totals: { documents: 3, rejected: 4 } });
      const left = Object.fromEntries((job.rejects ?? []).map(({ path, error }) => [path, error.code]));
      expect(left).toEqual({
        'empty.md': 'EMPTY',
        'image.png': 'NOT_TEXT',
        'latin.txt': 'NOT_UTF8',
        'lines.jsonl#2': 'JSON_INVALID',
      });
    },
    WHOLE_STACK_MS,
  );

  it.each([
    [['search', 'x', '--collection', 'nowhere'], 3, 'nowhere'],
    [['search', 'x', '-k=-1'], 2, 'k'],
    [['search', 'x'.repeat(100_000)], 2, '100,000'],
    [['runs', 'no-such-run'], 3, 'no-such-run'],
  ])('explains a wrong call', async (args, code, named) => {
    const answer = await stack().run(...args);
    expect(answer.code).toBe(code);
    expect(answer.stderr).toContain(named);
  });
});

describe('a stack that is killed', () => {
  it(
    'goes on after kill -9 and ends with the same chunks as an undisturbed run',
    async () => {
      const stack = new Stack(join(folder, 'killed'));
      await stack.start();
      const { json } = await stack.run('ingest', corpus);
      const { runId } = json as { runId: string };
      for (const stage of ['fetched', 'chunked'] as const) {
        const halfway = await waitForRun(stack, runId, ({ steps }) => steps[stage].done > 0);
        expect(halfway.complete).toBe(false);
        await stack.kill();
        await stack.start();
      }
      const job = await waitForRun(stack, runId, isComplete);
      expect(job).toMatchObject({ state: 'done', totals: { documents: 240, chunks: expected.length } });
      expect(await stack.searchableChunks('docs')).toEqual(expected);
      await stack.stop();
    },
    WHOLE_STACK_MS,
  );

  it(
    'starts one run, however often it is asked for',
    async () => {
      const stack = new Stack(join(folder, 'repeated'));
      await stack.start();
      const request = await placeUpload(stack, join(folder, 'request.json'));
      const ask = () => stack.run('events', 'emit', 'ingestion.requested', '--data', request);
      const answers = await Promise.all([ask(), ask(), ask(), ask(), ask()]);
      expect(answers.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0]);
      await stack.kill();
      await stack.start();
      await ask();
      const [run] = await waitForRuns(stack);
      const job = await waitForRun(stack, run!.jobId, isComplete);
      expect(job).toMatchObject({ state: 'done', totals: { documents: 2 } });
      await sleep(2000);
      expect((await waitForRuns(stack)).map(({ jobId }) => jobId)).toEqual([job.jobId]);
      expect(await stack.searchableChunks('docs')).toHaveLength(job.totals.chunks);
      await stack.stop();
    },
    WHOLE_STACK_MS,
  );
});

const waitForRuns = async (stack: Stack): Promise<JobsV1['jobs']> => {
  for (let attempt = 0; attempt < 300; attempt += 1) {
    const { json } = await stack.run('runs');
    const { jobs } = json as JobsV1;
    if (jobs.length > 0) return jobs;
    await sleep(200);
  }
  throw new Error('No run began.');
};

/** Puts two files and their manifest where no rule sees them, and writes the request that reads them. */
const placeUpload = async (stack: Stack, file: string): Promise<string> => {
  const { bucket } = stack.connection;
  const put = async (Key: string, Body: string) =>
    stack.s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body }));
  const texts = { 'a.md': '# A\n\nThe first document.', 'b.md': '# B\n\nThe second document.' };
  const prefix = 'inbox/docs/by-hand/';
  const files = [];
  for (const [path, text] of Object.entries(texts)) {
    await put(prefix + path, text);
    files.push({ path, bytes: Buffer.byteLength(text), sha256: sha256Hex(text) });
  }
  const manifest = JSON.stringify({
    collection: 'docs',
    uploadId: 'by-hand',
    source: 'files',
    createdAt: '2026-03-01T12:00:00.000Z',
    files,
  });
  const key = `${prefix}manifest.json`;
  await put(key, manifest);
  const pointer = {
    bucket,
    key,
    sha256: sha256Hex(manifest),
    bytes: Buffer.byteLength(manifest),
    contentSchema: 'upload-manifest.v1',
  };
  const data = { collection: 'docs', source: { name: 'files', connector: 'files', manifest: pointer } };
  await writeFile(file, JSON.stringify(data));
  return file;
};
