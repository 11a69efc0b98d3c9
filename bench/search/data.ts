import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { clusteredRows, uniformRows, type RowSource } from './data/clustered.ts';
import { DATA_FOLDER, readFloats, readInto, writeParts } from './data/files.ts';
import { exactNeighbours } from './data/ground-truth.ts';
import { Random } from './data/random.ts';
import { makeRealSet } from './data/real-set.ts';
import { realTextsMissing } from './data/real-texts.ts';
import { queryTextOf, sentenceOf } from './data/synthetic-texts.ts';

export const DIMS = 384;

const QUERIES = 200;
const PART_ROWS = 4096;
/** Raise it when rows of the same name would become others. */
const GENERATION = 1;

export type SetName = 'clustered-100k' | 'uniform-100k' | 'real-100k' | 'clustered-1m';

const SYNTHETIC: Partial<Record<SetName, { count: number; source: (dims: number) => RowSource }>> = {
  'clustered-100k': { count: 100_000, source: clusteredRows },
  'uniform-100k': { count: 100_000, source: uniformRows },
  'clustered-1m': { count: 1_000_000, source: clusteredRows },
};

/** Rows at most of each set. */
export const SET_ROWS: Record<SetName, number> = {
  'clustered-100k': 100_000,
  'uniform-100k': 100_000,
  'real-100k': 100_000,
  'clustered-1m': 1_000_000,
};

interface SetDescription {
  generation: number;
  count: number;
  queryTexts: string[];
}

/** A set on disk; vectors have length 1, the id of a row is its place. */
export interface DataSet {
  name: SetName;
  count: number;
  dims: number;
  /** 200 of them, one after the other. */
  queries: Float32Array;
  queryTexts: string[];
  /** Ids of the ten nearest rows of each query. */
  truth: Int32Array;
  /** All rows: 1,536 bytes each. */
  rows(): Float32Array;
  /** Rows from `first` up to `end`. */
  rowsBetween(first: number, end: number): Float32Array;
  /** Text of a row. */
  textOf(row: number): string;
}

const folderOf = (name: SetName): string => `${DATA_FOLDER}sets/${name}/`;

const parts = function* (source: RowSource, count: number): Generator<Float32Array> {
  const random = new Random(1);
  const part = new Float32Array(PART_ROWS * DIMS);
  for (let first = 0; first < count; first += PART_ROWS) {
    const rows = Math.min(PART_ROWS, count - first);
    for (let row = 0; row < rows; row += 1) part.set(source.row(random), row * DIMS);
    yield part.subarray(0, rows * DIMS);
  }
};

const makeSynthetic = (
  folder: string,
  { count, source: make }: { count: number; source: (dims: number) => RowSource },
) => {
  const source = make(DIMS);
  writeParts(`${folder}rows.f32`, parts(source, count));
  const random = new Random(2);
  const queries = new Float32Array(QUERIES * DIMS);
  for (let query = 0; query < QUERIES; query += 1) queries.set(source.query(random, query), query * DIMS);
  return { queries, queryTexts: Array.from({ length: QUERIES }, (_, query) => queryTextOf(query)) };
};

const makeReal = async (folder: string) => {
  const { rows, texts, queries, queryTexts } = await makeRealSet();
  writeParts(`${folder}rows.f32`, [rows]);
  writeFileSync(`${folder}texts.json`, JSON.stringify(texts));
  return { queries, queryTexts };
};

const make = async (name: SetName): Promise<void> => {
  const folder = folderOf(name);
  mkdirSync(folder, { recursive: true });
  const synthetic = SYNTHETIC[name];
  const { queries, queryTexts } = synthetic ? makeSynthetic(folder, synthetic) : await makeReal(folder);
  const rows = readFloats(`${folder}rows.f32`);
  writeParts(`${folder}queries.f32`, [queries]);
  writeParts(`${folder}truth.i32`, [exactNeighbours(rows, queries, DIMS)]);
  const description: SetDescription = { generation: GENERATION, count: rows.length / DIMS, queryTexts };
  // Last, and at once: a set without description is made again.
  writeFileSync(`${folder}set.json.new`, JSON.stringify(description));
  renameSync(`${folder}set.json.new`, `${folder}set.json`);
};

const describe = (name: SetName): SetDescription | undefined => {
  const file = `${folderOf(name)}set.json`;
  if (!existsSync(file)) return undefined;
  const description = JSON.parse(readFileSync(file, 'utf8')) as SetDescription;
  return description.generation === GENERATION ? description : undefined;
};

/** Why a set cannot be made here, or `undefined`. */
export const setMissing = (name: SetName): string | undefined =>
  SYNTHETIC[name] || describe(name) ? undefined : realTextsMissing();

/** Makes a set unless it is there. */
export const prepareSet = async (name: SetName): Promise<void> => {
  if (!describe(name)) await make(name);
};

const textsOf = (folder: string): ((row: number) => string) => {
  if (!existsSync(`${folder}texts.json`)) return sentenceOf;
  let texts: string[] | undefined;
  return (row) => {
    texts ??= JSON.parse(readFileSync(`${folder}texts.json`, 'utf8')) as string[];
    return texts[row] ?? '';
  };
};

/** Opens a set that was prepared. */
export const openSet = (name: SetName): DataSet => {
  const description = describe(name);
  if (!description) throw new Error(`The set ${name} is not prepared`);
  const folder = folderOf(name);
  const { count, queryTexts } = description;
  const truth = new Int32Array(queryTexts.length * 10);
  readInto(`${folder}truth.i32`, truth);
  return {
    name,
    count,
    dims: DIMS,
    queries: readFloats(`${folder}queries.f32`),
    queryTexts,
    truth,
    rows: () => readFloats(`${folder}rows.f32`),
    rowsBetween: (first, end) => {
      const rows = new Float32Array((end - first) * DIMS);
      readInto(`${folder}rows.f32`, rows, first * DIMS * 4);
      return rows;
    },
    textOf: textsOf(folder),
  };
};
