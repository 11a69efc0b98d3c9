import { mayMatch } from '../filters/segment-statistics.ts';
import { rowMask, type RowMask } from '../filters/row-mask.ts';
import type { SearchFilters } from '../filters/search-filters.ts';
import { readZoneMaps, zoneMatches } from '../filters/zone-maps.ts';
import { ordinalsOf } from '../segment/segment-format.ts';
import { readClusters } from '../segment/segment-rows.ts';
import type { SegmentReader } from '../segment/segment-reader.ts';
import type { ReadMeter } from '../store/range-reads.ts';
import type { Scope } from './planner.ts';

/** From here on columns are so large that asking the few bytes of statistics a cluster first is worth a round trip. */
const ZONED_ROWS = 50_000;

const NOTHING: RowMask = { mask: undefined, matched: 0 };

// Whether no cluster can hold a match. Only asked where the columns would have to be fetched.
const isRuledOut = async (
  segment: SegmentReader,
  filters: SearchFilters,
  meter: ReadMeter,
): Promise<boolean> => {
  const asksZones = [filters.entity, filters.since, filters.until].some((value) => value !== undefined);
  if (!asksZones || segment.rows < ZONED_ROWS || segment.holds('rowDocuments')) return false;
  const [zones, clusters] = [segment.sizeOf('zones'), await readClusters(segment, meter)];
  if (zones === 0) return false;
  const maps = await readZoneMaps(segment.reader(meter), clusters.firstRow.length - 1);
  return zoneMatches(maps, filters)?.includes(1) === false;
};

const maskOf = async (segment: SegmentReader, filters: SearchFilters, meter: ReadMeter): Promise<RowMask> => {
  const { descriptor, rows } = segment;
  if (!mayMatch(descriptor.statistics, filters) || (await isRuledOut(segment, filters, meter)))
    return NOTHING;
  const dead = segment.deadDocuments();
  const masked = { rows, documents: ordinalsOf(descriptor), ...(dead && { dead }) };
  return rowMask(segment.reader(meter), masked, filters);
};

/**
 * Evaluates the filters over every segment before anything is scored; segments and clusters whose statistics rule a match out
 * are passed by. Errors: FILTER_INVALID, OBJECT_MISSING, SEGMENT_CORRUPT.
 */
export const scopesOf = async (
  segments: readonly SegmentReader[],
  filters: SearchFilters,
  meter: ReadMeter,
): Promise<Scope[]> => {
  const masks = await Promise.all(segments.map((segment) => maskOf(segment, filters, meter)));
  let base = 0;
  return segments.map((segment, index) => {
    const scope = { segment, base, ...(masks[index] ?? NOTHING) };
    base += segment.rows;
    return scope;
  });
};
