import { rowStride } from '../segment/row-records.ts';
import type { SegmentReader } from '../segment/segment-reader.ts';
import type { RowMask } from '../filters/row-mask.ts';
import type { Recall, Way } from './search-types.ts';

/** A segment within one search: its place among all rows, and which of its rows may match. */
export interface Scope extends RowMask {
  segment: SegmentReader;
  /** Position of its first row among the rows of all segments. */
  base: number;
}

export interface Decision {
  way: Way;
  why: string;
}

/** How to search the vectors of all segments. */
export interface Decisions {
  ways: ReadonlyMap<Scope, Decision>;
  /** Rows of the nearest clusters to read, over the segments that are probed. */
  probedRows: number;
  /** Rows of the nearest clusters whose codes to look at, over the segments searched by codes; undefined: all. */
  estimatedRows: number | undefined;
}

type Approximate = Exclude<Recall, 'exact'>;

/** Segments of fewer rows are read whole: one round trip, and exact. */
export const SMALL_ROWS = 25_000;
/** Fewer matching rows than this share are read one by one: a pass over all codes would mostly meet rows that do not match. */
const FEW = 0.01;
const FEW_ROWS = 2_000;
// Clusters are chosen by a sample of rows, codes look at every row: what is less certain must be much cheaper.
const PROBE_ADVANTAGE = 3;
const PRUNE_ADVANTAGE = 4;
/** As many as are read at once; where they are here already, more cost nothing. */
const LEAST_RESCORED = { cold: 32, resident: 128 };
const MOST_RESCORED = 2_000;

const shareOf = (recall: Approximate): 'p95' | 'p99' => (recall === 0.95 ? 'p95' : 'p99');

// Infinity where nothing was measured. A filter thins out every cluster.
const nearestRows = ({ segment, matched }: Scope, recall: Approximate): number => {
  const measured = segment.descriptor.calibration?.probedRows[shareOf(recall)] ?? Infinity;
  return (measured * segment.rows) / Math.max(1, matched);
};

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Best rows by their codes to compare exactly, over all segments. */
export const rowsToRescore = (scopes: readonly Scope[], recall: Recall, k: number): number => {
  if (recall === 'exact') return 0;
  const measured = scopes.map(
    ({ segment }) => segment.descriptor.calibration?.rescoredRows[shareOf(recall)] ?? 0,
  );
  // The best rows of several segments compete for the same places.
  const least = LEAST_RESCORED[scopes.every(({ segment }) => segment.holds('rows')) ? 'resident' : 'cold'];
  const together = Math.max(Math.max(...measured) * (scopes.length > 1 ? 2 : 1), least);
  const wanted = Math.ceil(Math.min(together, MOST_RESCORED) * Math.max(1, k / 10));
  return Math.min(wanted, sum(scopes.map(({ segment }) => segment.rows)));
};

// What needs no look at the others; undefined for a large segment of which nothing is here.
const decideAlone = (scope: Scope, recall: Recall): Decision | undefined => {
  const { segment, matched } = scope;
  const { rows } = segment;
  if (matched === 0) return { way: 'skip', why: 'no row passes the filters' };
  if (rows < SMALL_ROWS) return { way: 'exact', why: `it has fewer than ${SMALL_ROWS} rows` };
  if (matched <= Math.max(FEW_ROWS, rows * FEW))
    return segment.holds('rows')
      ? { way: 'exact', why: 'few rows pass the filters, and all rows are here' }
      : { way: 'rows', why: 'few rows pass the filters' };
  if (recall === 'exact') return { way: 'exact', why: 'recall exact was asked' };
  if (segment.holds('codes')) return { way: 'codes', why: 'its codes are here' };
  return segment.holds('rows') ? { way: 'exact', why: 'its rows are here' } : undefined;
};

// Segments of which nothing is here are probed together: the nearest rows of each compete for the same places, so that all of them
// need fewer than the sum of what each would need alone. Divided by the square root of their number, recall of five segments fell to
// .94 where .95 was asked; by the fourth root it is .96.
const decideCold = (cold: readonly Scope[], recall: Approximate): Decision & { rows: number } => {
  const rows = Math.ceil(sum(cold.map((scope) => nearestRows(scope, recall))) / cold.length ** 0.25);
  const probeBytes =
    sum(cold.map(({ segment }) => rowStride(segment.dims))) * (rows / Math.max(1, cold.length));
  const codeBytes = sum(cold.map(({ segment }) => segment.sizeOf('codes')));
  if (probeBytes * PROBE_ADVANTAGE < codeBytes)
    return { way: 'probe', why: 'rows of the nearest clusters are enough by calibration', rows };
  return { way: 'codes', why: 'the clusters are too mixed to read only some of them', rows: 0 };
};

// Codes of the nearest clusters alone, where these are much fewer than all. Codes lose some neighbours themselves, so that the clusters
// must not: they are chosen for the higher recall.
const pruned = (scopes: readonly Scope[], recall: Recall): number | undefined => {
  if (recall !== 0.95) return undefined;
  const nearest = Math.ceil(sum(scopes.map((scope) => nearestRows(scope, 0.99))));
  return nearest * PRUNE_ADVANTAGE < sum(scopes.map(({ segment }) => segment.rows)) ? nearest : undefined;
};

/** Chooses how to search the vectors of every segment. */
export const decide = (scopes: readonly Scope[], recall: Recall): Decisions => {
  const ways = new Map<Scope, Decision>();
  const cold: Scope[] = [];
  for (const scope of scopes) {
    const alone = decideAlone(scope, recall);
    if (alone) ways.set(scope, alone);
    else cold.push(scope);
  }
  let probedRows = 0;
  if (cold.length > 0 && recall !== 'exact') {
    const { rows, ...decision } = decideCold(cold, recall);
    probedRows = rows;
    for (const scope of cold) ways.set(scope, decision);
  }
  const coded = scopes.filter((scope) => ways.get(scope)?.way === 'codes');
  return { ways, probedRows, estimatedRows: pruned(coded, recall) };
};
