import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { evaluate, judgedSetFiles, readCorpus, readJudgedQueries } from '../src/index.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alluvium-judged-'));
  await writeFile(
    join(folder, 'queries.jsonl'),
    '{"_id": "q1", "text": "silt"}\n\n{"id": 2, "text": "clay"}\r\n',
  );
  await writeFile(join(folder, 'qrels.tsv'), 'query-id\tcorpus-id\tscore\nq1\ta\t2\nq1\tb\t0\n');
  await writeFile(join(folder, 'corpus.jsonl.gz'), gzipSync('{"_id": "a", "title": "A", "text": "Silt."}\n'));
});
afterAll(() => rm(folder, { recursive: true }));

const write = async (name: string, content: string): Promise<string> => {
  const file = join(folder, name);
  await writeFile(file, content);
  return file;
};

describe('a judged set', () => {
  it('is read from the files of a folder, packed or not', async () => {
    const files = judgedSetFiles(folder);
    expect(await readCorpus(files)).toEqual([{ id: 'a', title: 'A', text: 'Silt.' }]);
    expect(await readJudgedQueries(files)).toEqual([
      { id: 'q1', text: 'silt', judged: new Map(Object.entries({ a: 2, b: 0 })) },
      { id: '2', text: 'clay', judged: new Map() },
    ]);
  });

  it("reads judgements without a header, and trec_eval's four columns", async () => {
    const qrels = await write('four.tsv', 'q1\t0\tdoc-1\t1\n');
    const [query] = await readJudgedQueries({ ...judgedSetFiles(folder), qrels });
    expect(query?.judged).toEqual(new Map([['doc-1', 1]]));
  });

  it.each([
    ['a line that is not JSON', 'queries', '{"_id": "1", "text": "a"}\n{', 'line 2: not JSON'],
    ['a query without an id', 'queries', '{"text": "a"}', 'line 1: has no "_id" or "id"'],
    ['a text that is a number', 'queries', '{"_id": "1", "text": 3}', '"text" is not a string'],
    ['a judgement without a grade', 'qrels', 'q\td\t1\nq\td', 'line 2: is not query id'],
  ])('names file and line of %s', async (_, part, content, message) => {
    const files = { ...judgedSetFiles(folder), [part]: await write(`broken-${part}`, content) };
    const reading = readJudgedQueries(files);
    await expect(reading).rejects.toMatchObject({ code: 'JUDGED_SET_INVALID' });
    await expect(reading).rejects.toThrow(message);
  });

  it('names a file that is not there', async () => {
    await expect(readCorpus({ corpus: join(folder, 'none.jsonl') })).rejects.toMatchObject({
      code: 'JUDGED_SET_INVALID',
    });
  });
});

describe('evaluate', () => {
  it('asks the queries that have an answer, and counts a document at its best place', async () => {
    const asked: string[] = [];
    const quality = await evaluate(await readJudgedQueries(judgedSetFiles(folder)), async (query) => {
      asked.push(query);
      return ['x', 'x', 'x', 'a', 'a'];
    });
    expect(asked).toEqual(['silt']);
    expect(quality).toEqual({
      queries: 1,
      unjudged: 1,
      ndcgAt10: 1 / Math.log2(3),
      recallAt10: 1,
      recallAt100: 1,
      map: 0.5,
      mrrAt10: 0.5,
    });
  });
});
