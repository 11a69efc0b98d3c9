import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RetrieveResponseV1 } from '@alluvium/contracts';
import { writeCorpus } from './support/corpus.ts';
import { Stack } from './support/stack.ts';

const WHOLE_STACK_MS = 300_000;
let folder: string;
let stack: Stack;
let model: string;

const path = (name: string): string => join(folder, name);

/** Lines of an export by id. */
const linesOf = async (file: string): Promise<string[]> =>
  (await readFile(path(file), 'utf8')).trimEnd().split('\n').sort();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alluvium-exchange-'));
  await writeCorpus(path('corpus'), 30, 12);
  stack = new Stack(path('state'));
  await stack.start();
  await stack.run('ingest', path('corpus'), '--wait');
}, WHOLE_STACK_MS);
afterAll(async () => {
  await stack.stop();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

describe('alluvium export and import', () => {
  it('write a collection to a file and say what it holds', async () => {
    const chunks = await stack.searchableChunks('docs');
    const { code, json } = await stack.run('export', '--out', path('docs.jsonl'));
    expect([code, json]).toMatchObject([
      0,
      { format: 'jsonl', documents: 30, chunks: chunks.length, deleted: 0 },
    ]);
    ({ model } = { model: (json as { model: { id: string } }).model.id });
    const ids = (await linesOf('docs.jsonl')).map((line) => (JSON.parse(line) as { id: string }).id);
    expect(ids.sort()).toEqual(chunks);
    await expect(stat(path('docs.jsonl.part'))).rejects.toThrow('ENOENT');
  });

  it.each(['jsonl', 'parquet'])(
    'bring a collection over into another one by a file of %s, every field and vector of it',
    async (format) => {
      await stack.run('export', '--out', path(`moved.${format}`));
      const { code, json } = await stack.run(
        'import',
        path(`moved.${format}`),
        '-c',
        `by-${format}`,
        '--wait',
      );
      expect([code, json]).toMatchObject([
        0,
        { documents: 30, index: { modelId: model }, version: expect.any(Number) },
      ]);
      await stack.run('export', '-c', `by-${format}`, '--out', path(`${format}-again.jsonl`));
      expect(await linesOf(`${format}-again.jsonl`)).toEqual(await linesOf('docs.jsonl'));
      const found = await stack.run('search', 'how do tombstones behave', '-c', `by-${format}`, '-k', '1');
      expect((found.json as RetrieveResponseV1).results[0]?.title).toMatch(/tombstones/);
    },
    WHOLE_STACK_MS,
  );

  it(
    'take the records of another system, under ids that the API can answer with',
    async () => {
      const vector = Array.from({ length: 384 }, (_, index) => Math.sin(index));
      const record = { id: 'note 7', vector, meta: { text: 'A note on herons', year: 1999 } };
      await writeFile(path('notes.jsonl'), `${JSON.stringify(record)}\n`);
      const imported = await stack.run(
        'import',
        path('notes.jsonl'),
        '-c',
        'notes',
        '--source',
        'notes',
        '--wait',
      );
      expect(imported.code).toBe(0);
      const { json } = await stack.run('search', 'herons', '-c', 'notes', '--mode', 'lexical');
      expect((json as RetrieveResponseV1).results).toMatchObject([
        { documentId: 'notes/document#note 7', snippet: 'A note on herons', attributes: { year: 1999 } },
      ]);
    },
    WHOLE_STACK_MS,
  );

  it('send nothing of a file with a wrong line', async () => {
    const [first] = await linesOf('docs.jsonl');
    await writeFile(path('wrong.jsonl'), `${first ?? ''}\n{"id":"x","vector":[1,2]}\n`);
    const { code, stderr } = await stack.run('import', path('wrong.jsonl'), '-c', 'wrong');
    expect(code).toBe(2);
    expect(stderr).toContain('line 2: "vector" must have 384 numbers, not 2');
    const { json } = await stack.run('collections');
    expect(JSON.stringify(json)).not.toContain('wrong');
  });

  it.each([
    [['export', '--out', 'docs.jsonl'], 4, '--yes'],
    [['export', '--out', 'docs.txt'], 2, '--format'],
    [['export', '--out', 'new.jsonl', '-c', 'nowhere'], 3, 'nowhere'],
    [['import', 'nowhere.jsonl'], 3, 'nowhere.jsonl'],
    [['import', 'docs.jsonl', '--model', 'other@0123456789ab'], 4, 'other@0123456789ab'],
  ])('explain a wrong call: %j', async (args, code, named) => {
    const answer = await stack.run(...args.map((arg) => (/\.\w+$/.test(arg) ? path(arg) : arg)));
    expect([answer.code, answer.stderr]).toEqual([code, expect.stringContaining(named)]);
  });
});
