import type { DataSet } from '../data.ts';
import { loadPeerModule, requireBeside } from './peer.ts';

/** What a query answers, as an Arrow table. */
interface Answer {
  getChild(name: string): { toArray(): ArrayLike<number>; toJSON(): string[] } | null;
}

export interface VectorQuery {
  nprobes(count: number): VectorQuery;
  ef(count: number): VectorQuery;
  refineFactor(factor: number): VectorQuery;
  distanceType(type: 'cosine'): VectorQuery;
  fullTextSearch(text: string, options: { columns: string[] }): VectorQuery;
  rerank(reranker: object): VectorQuery;
  limit(count: number): VectorQuery;
  select(columns: string[]): VectorQuery;
  toArrow(): Promise<Answer>;
}

export interface Table {
  query(): { nearestTo(vector: Float32Array): VectorQuery };
  createIndex(column: string, options: { config: object }): Promise<void>;
  add(rows: object): Promise<unknown>;
  optimize(options: { cleanupOlderThan: Date; deleteUnverified: boolean }): Promise<unknown>;
}

interface Connection {
  createTable(name: string, rows: object): Promise<Table>;
  openTable(name: string): Promise<Table>;
}

export interface LanceDb {
  connect(uri: string, options?: { storageOptions: Record<string, string> }): Promise<Connection>;
  Index: Record<'hnswSq' | 'ivfRq', (options: Record<string, unknown>) => object> & {
    fts(): object;
  };
  rerankers: { RRFReranker: { create(): Promise<object> } };
}

interface Arrow {
  Field: new (name: string, type: object, nullable: boolean) => object;
  Float32: new () => object;
  FixedSizeList: new (size: number, item: object) => object;
  Utf8: new () => object;
  Vector: new (data: object[]) => object;
  Table: new (columns: Record<string, object>) => object;
  makeData(options: Record<string, unknown>): object;
  vectorFromArray(values: unknown, type?: object): object;
}

/** Name of the table and of the folder's bucket. */
export const TABLE = 'rows';

const PART_ROWS = 100_000;

/** The module; it throws where it does not run. */
export const lanceModule = (): LanceDb => loadPeerModule('@lancedb/lancedb') as LanceDb;

/** Rows of a set as Arrow, without an object for each. */
const arrowRows = (arrow: Arrow, set: DataSet, first: number, end: number): object => {
  const data = set.rowsBetween(first, end);
  const item = new arrow.Field('item', new arrow.Float32(), true);
  const child = arrow.makeData({ type: new arrow.Float32(), data, length: data.length });
  const list = { type: new arrow.FixedSizeList(set.dims, item), length: end - first, nullCount: 0, child };
  const texts = Array.from({ length: end - first }, (_, row) => set.textOf(first + row));
  return new arrow.Table({
    id: arrow.vectorFromArray(Uint32Array.from(texts, (_, row) => first + row)),
    text: arrow.vectorFromArray(texts, new arrow.Utf8()),
    vector: new arrow.Vector([arrow.makeData(list)]),
  });
};

/** Writes a set as a table without index. */
export const createTable = async (set: DataSet, folder: string): Promise<Table> => {
  const arrow = requireBeside('@lancedb/lancedb', 'apache-arrow') as Arrow;
  const connection = await lanceModule().connect(folder);
  const table = await connection.createTable(TABLE, arrowRows(arrow, set, 0, Math.min(set.count, PART_ROWS)));
  for (let first = PART_ROWS; first < set.count; first += PART_ROWS)
    await table.add(arrowRows(arrow, set, first, Math.min(set.count, first + PART_ROWS)));
  // One fragment, as a table that is looked after has.
  await table.optimize({ cleanupOlderThan: new Date(), deleteUnverified: true });
  return table;
};

/** Ids of an answer. */
export const idsOf = (answer: Answer): number[] => Array.from(answer.getChild('id')?.toArray() ?? []);

/** Texts of an answer. */
export const textsOf = (answer: Answer): string[] => answer.getChild('text')?.toJSON() ?? [];
