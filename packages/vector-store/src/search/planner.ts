import { rowStride } from '../segment/row-records.ts';
import type { SegmentReader } from '../segment/segment-reader.ts';
import type { RowMask } from '../filters/row-mask.ts';
import type { Recall } from './search-types.ts';

/**
 * How the vectors of a segment are searched.
 * `exact`: every row. `rows`: the rows that the filters let through, one by one. `codes`: all 1-bit codes, then the best rows.
 * `probe`: the rows of the clusters nearest to the query. `skip`: nothing in it can match.
 */
export type Way = 'exact' | 'rows' | 'codes' | 'probe' | 'skip';

/** A segment within one search: its place among all rows, and which of its rows may match. */
export interface Scope extends RowMask {
  segment: SegmentReader;
  /** Position of its first row among the rows of all segments. */
  base: number;
}

/** What a search did, and why. */
export interface SearchPlan {
  recall: Recall;
  /** For each segment that was looked at. */
  segments: { key: string; rows: number; matched: number; way: Way; why: string }[];
  /** Rows compared with the query component by component. */
  rowsScored: number;
  /** Rows estimated by their 1-bit codes. */
  rowsEstimated: number;
  clustersProbed: number;
}

export interface Decision {
  way: Way;
  why: string;
}

/** Segments of fewer rows are read whole: one round trip, and exact. */
export const SMALL_ROWS = 25_000;
/** Fewer matching rows than this share are read one by one: a pass over all codes would mostly meet rows that do not match. */
const FEW = 0.01;
const FEW_ROWS = 2_000;
// Clusters are chosen by a sample of rows, codes look at every row: what is less certain must be much cheaper.
const PROBE_ADVANTAGE = 3;

const shareOf = (recall: Exclude<Recall, 'exact'>): 'p95' | 'p99' => (recall === 0.95 ? 'p95' : 'p99');

/** Rows of the nearest clusters to read; undefined where nothing was measured. */
export const rowsToProbe = (
  { segment, matched }: Scope,
  recall: Exclude<Recall, 'exact'>,
): number | undefined => {
  const measured = segment.descriptor.calibration?.probedRows[shareOf(recall)];
  // A filter thins out every cluster.
  return measured === undefined ? undefined : Math.ceil((measured * segment.rows) / Math.max(1, matched));
};

/** Best rows by their codes to compare exactly, over all segments. */
export const rowsToRescore = (
  scopes: readonly Scope[],
  recall: Exclude<Recall, 'exact'>,
  k: number,
): number => {
  const measured = scopes.map(
    ({ segment }) => segment.descriptor.calibration?.rescoredRows[shareOf(recall)] ?? 64,
  );
  // The best rows of several segments compete for the same places.
  const together = Math.max(...measured, 64) * (scopes.length > 1 ? 2 : 1);
  return Math.ceil(Math.min(together, 2_000) * Math.max(1, k / 10));
};

const whenCold = (scope: Scope, recall: Exclude<Recall, 'exact'>): Decision => {
  const { segment } = scope;
  const probed = rowsToProbe(scope, recall);
  const probeBytes = probed === undefined ? Infinity : probed * rowStride(segment.dims);
  if (probeBytes * PROBE_ADVANTAGE < segment.sizeOf('codes'))
    return { way: 'probe', why: `${String(probed)} rows of the nearest clusters are enough by calibration` };
  return { way: 'codes', why: 'the clusters are too mixed to read only some of them' };
};

/** Chooses how to search the vectors of one segment. */
export const decide = (scope: Scope, recall: Recall): Decision => {
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
  if (segment.holds('rows')) return { way: 'exact', why: 'its rows are here' };
  return whenCold(scope, recall);
};
