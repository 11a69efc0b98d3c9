import { describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { lexicalSearch, naiveScores, segmentOf } from './lexical-search.ts';

const FOLDER = new URL('../../../../../shared/data/eval/cranfield/', import.meta.url);
const present = existsSync(FOLDER);
if (!present) process.stderr.write('Skipped: there is no judged set Cranfield in shared/data/eval\n');

const records = (text: string) =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { _id: string; title?: string; text: string });

const discounted = (grades: readonly number[]) =>
  grades.slice(0, 10).reduce((sum, grade, rank) => sum + (2 ** grade - 1) / Math.log2(rank + 2), 0);

(present ? describe : describe.skip)('BM25 on 1,400 abstracts and 225 judged questions', () => {
  const read = (name: string) => readFileSync(new URL(name, FOLDER));
  const documents = present ? records(gunzipSync(read('corpus.jsonl.gz')).toString()) : [];
  const queries = present ? records(read('queries.jsonl').toString()) : [];
  const texts = documents.map(({ title = '', text }) => `${title}\n${text}`);
  const grades = new Map<string, Map<string, number>>();
  for (const line of present ? read('qrels.tsv').toString().trim().split('\n').slice(1) : []) {
    const [query = '', document = '', grade] = line.split('\t');
    grades.set(query, (grades.get(query) ?? new Map<string, number>()).set(document, Number(grade)));
  }

  it('finds what the judges found: nDCG@10 is above .5', async () => {
    const segments = await Promise.all([texts.slice(0, 900), texts.slice(900)].map(segmentOf));
    let total = 0;
    for (const { _id, text } of queries) {
      const judged = grades.get(_id)!;
      const { rows } = await lexicalSearch(segments, text, { k: 10 });
      const gains = rows.map(({ position }) => judged.get(documents[position]!._id) ?? 0);
      total += discounted(gains) / discounted([...judged.values()].sort((one, other) => other - one));
    }
    expect(total / queries.length).toBeGreaterThan(0.5);
  });

  it('orders them as the definition does', async () => {
    const segments = [await segmentOf(texts)];
    for (const { text } of queries.slice(0, 5)) {
      const expected = naiveScores(texts, text)
        .map((score, position) => ({ score, position }))
        .sort((one, other) => other.score - one.score)
        .slice(0, 50);
      const { rows } = await lexicalSearch(segments, text, { k: 50 });
      expect(rows.map(({ position }) => position)).toEqual(expected.map(({ position }) => position));
    }
  });
});
