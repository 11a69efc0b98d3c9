import type { ReadMeter } from '../store/range-reads.ts';
import type { RowPlace, RowRecords } from '../segment/row-records.ts';
import { readRowRanges, type ChosenRows } from '../segment/segment-rows.ts';
import { rowSimilarity, type DenseQuery } from './dense-scan.ts';
import type { Scope } from './planner.ts';

interface Place {
  records: RowRecords;
  at: number;
}

/** The rows that one search has read, by their position among all rows. */
export class KnownRows {
  readonly #scopes: readonly Scope[];
  readonly #meter: ReadMeter;
  readonly #whole = new Map<number, RowRecords>();
  readonly #single = new Map<number, Place>();

  constructor(scopes: readonly Scope[], meter: ReadMeter) {
    this.#scopes = scopes;
    this.#meter = meter;
  }

  /** All rows of a scope. */
  addAll(scope: Scope, records: RowRecords): void {
    this.#whole.set(this.#scopes.indexOf(scope), records);
  }

  /** Some rows of a scope. */
  add({ base }: Scope, { rows, records }: ChosenRows): void {
    rows.forEach((row, at) => this.#single.set(base + row, { records, at }));
  }

  /** Reads the rows at the positions that are not known yet; false when all are. Errors: OBJECT_MISSING, SEGMENT_CORRUPT. */
  async learn(positions: readonly number[]): Promise<boolean> {
    const unknown = positions.filter((position) => this.#find(position) === undefined);
    const reads = this.#scopes.map(async (scope) => {
      const { base, segment } = scope;
      const rows = unknown
        .filter((position) => position >= base && position < base + segment.rows)
        .map((position) => position - base)
        .sort((left, right) => left - right);
      if (rows.length === 0) return;
      const ranges = rows.map((row) => [row, row + 1] as const);
      this.add(scope, await readRowRanges(segment, ranges, this.#meter));
    });
    await Promise.all(reads);
    return unknown.length > 0;
  }

  isKnown(position: number): boolean {
    return this.#find(position) !== undefined;
  }

  /** Cosine similarity; undefined for a row that was not read. */
  similarity(query: DenseQuery, position: number): number | undefined {
    const found = this.#find(position);
    return found && rowSimilarity(query, found.records, found.at);
  }

  /** The row as a vector of length 1; undefined for a row that was not read. */
  unitVector(position: number): Float32Array | undefined {
    const found = this.#find(position);
    if (!found) return undefined;
    const { components, stride, dims } = found.records;
    const from = found.at * stride;
    const vector = Float32Array.from(components.subarray(from, from + dims));
    const length = Math.hypot(...vector);
    return vector.map((value) => value / length);
  }

  place(position: number): RowPlace | undefined {
    const found = this.#find(position);
    return found?.records.place(found.at);
  }

  #find(position: number): Place | undefined {
    const single = this.#single.get(position);
    if (single) return single;
    const scope = this.scopeOf(position);
    const records = this.#whole.get(scope);
    return records && { records, at: position - (this.#scopes[scope]?.base ?? 0) };
  }

  /** Number of the scope that a position lies in. */
  scopeOf(position: number): number {
    return this.#scopes.findLastIndex(({ base }) => base <= position);
  }
}
