import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { invalidLine, parseRecord, readLines } from './json-lines.ts';
import type { Judgements } from './metrics.ts';

/** A query and which documents answer it. */
export interface JudgedQuery {
  id: string;
  text: string;
  judged: Judgements;
}

/** A document of a judged set. */
export interface CorpusDocument {
  id: string;
  title: string;
  text: string;
}

/** Where the parts of a judged set lie, in the layout of BEIR. */
export interface JudgedSetFiles {
  /** JSON lines `{_id, text}`. */
  queries: string;
  /** Tab-separated query id, document id, grade; a first line that has no number as its grade is a header. */
  qrels: string;
  /** JSON lines `{_id, title, text}`. */
  corpus: string;
}

/** The usual names in a folder; of each, the packed file where there is no other. */
export const judgedSetFiles = (folder: string): JudgedSetFiles => {
  const file = (name: string): string => {
    const path = join(folder, name);
    return !existsSync(path) && existsSync(`${path}.gz`) ? `${path}.gz` : path;
  };
  return { queries: file('queries.jsonl'), qrels: file('qrels.tsv'), corpus: file('corpus.jsonl') };
};

interface Judgement {
  query: string;
  document: string;
  grade: number;
}

/** Four columns are trec_eval's: nobody uses the second. */
const parseJudgement = (line: string): Judgement | undefined => {
  const cells = line.split('\t').map((cell) => cell.trim());
  const [query = '', document = '', grade = ''] = cells.length === 4 ? cells.toSpliced(1, 1) : cells;
  const value = grade === '' ? Number.NaN : Number(grade);
  return Number.isNaN(value) ? undefined : { query, document, grade: value };
};

const readQrels = async (file: string): Promise<Map<string, Map<string, number>>> => {
  const qrels = new Map<string, Map<string, number>>();
  for (const [index, [number, line]] of (await readLines(file)).entries()) {
    const judgement = parseJudgement(line);
    if (judgement === undefined && index === 0) continue;
    if (judgement === undefined)
      throw invalidLine(file, number, 'is not query id, document id and grade, separated by tabs');
    const judged = qrels.get(judgement.query) ?? new Map<string, number>();
    judged.set(judgement.document, judgement.grade);
    qrels.set(judgement.query, judged);
  }
  return qrels;
};

/** The queries with their judgements. Error: JUDGED_SET_INVALID, naming file and line. */
export const readJudgedQueries = async (
  files: Pick<JudgedSetFiles, 'queries' | 'qrels'>,
): Promise<JudgedQuery[]> => {
  const qrels = await readQrels(files.qrels);
  return (await readLines(files.queries)).map((line) => {
    const { id, text } = parseRecord(line, files.queries, ['text']);
    return { id, text, judged: qrels.get(id) ?? new Map<string, number>() };
  });
};

/** The documents that queries are asked of. Error: JUDGED_SET_INVALID, naming file and line. */
export const readCorpus = async ({ corpus }: Pick<JudgedSetFiles, 'corpus'>): Promise<CorpusDocument[]> =>
  (await readLines(corpus)).map((line) => parseRecord(line, corpus, ['title', 'text']));
