import { bytesOf, float64sOf, uint32sOf } from '../bytes/typed-bytes.ts';
import type { Plane, PlaneReader } from '../segment/plane-reader.ts';
import { parseList } from './coded-column.ts';
import { compileFilters, type CompiledFilters } from './compiled-filters.ts';
import type { DocumentColumns } from './filter-columns.ts';
import type { SearchFilters } from './search-filters.ts';

/** What the rows of each cluster have. */
export interface ZoneMaps {
  /** Earliest time in milliseconds since 1970; Infinity when no row has one. */
  from: Float64Array;
  /** Latest time, itself; -Infinity when no row has one. */
  to: Float64Array;
  /** Bit c: a row has entity c; all from the 32nd on share the last bit. */
  entityBits: Uint32Array;
  /** Entities with a bit of their own. */
  entities: readonly string[];
}

const PLANE = 'zones';
const HEADER_BYTES = 8;
const CLUSTER_BYTES = 20;
const SHARED_BIT = 31;

const bitOf = (code: number): number => (1 << Math.min(code, SHARED_BIT)) >>> 0;

const zonesOf = (
  clusterFirstRow: Uint32Array,
  rowDocuments: Uint32Array,
  { modified, entityCodes }: DocumentColumns,
): Omit<ZoneMaps, 'entities'> => {
  const clusters = Math.max(0, clusterFirstRow.length - 1);
  const from = new Float64Array(clusters).fill(Infinity);
  const to = new Float64Array(clusters).fill(-Infinity);
  const entityBits = new Uint32Array(clusters);
  for (let cluster = 0; cluster < clusters; cluster += 1) {
    let [earliest, latest, bits] = [Infinity, -Infinity, 0];
    const end = clusterFirstRow[cluster + 1] as number;
    for (let row = clusterFirstRow[cluster] as number; row < end; row += 1) {
      const document = rowDocuments[row] as number;
      const time = modified[document] as number;
      // Not Math.min: NaN would spread.
      if (time < earliest) earliest = time;
      if (time > latest) latest = time;
      bits |= bitOf(entityCodes[document] as number);
    }
    from[cluster] = earliest;
    to[cluster] = latest;
    entityBits[cluster] = bits;
  }
  return { from, to, entityBits };
};

/**
 * The plane `zones`: u32 clusters, u32 bytes of entities; earliest f64, latest f64 and entity bits u32, each for all clusters; the
 * entities of bits 0 to 30, a JSON list. The rows of cluster c are `clusterFirstRow[c]` to `clusterFirstRow[c + 1]`, exclusive.
 */
export const buildZoneMaps = (
  clusterFirstRow: Uint32Array,
  rowDocuments: Uint32Array,
  columns: DocumentColumns,
): Plane => {
  const { from, to, entityBits } = zonesOf(clusterFirstRow, rowDocuments, columns);
  const entities = Buffer.from(JSON.stringify(columns.entities.slice(0, SHARED_BIT)));
  const header = Uint32Array.of(from.length, entities.length);
  const parts = [header, from, to, entityBits].map(bytesOf);
  return { name: PLANE, bytes: Buffer.concat([...parts, entities]) };
};

/** The zone maps of a segment of so many clusters. Errors: OBJECT_MISSING, SEGMENT_CORRUPT. */
export const readZoneMaps = async (reader: PlaneReader, clusters: number): Promise<ZoneMaps> => {
  const bytes = await reader.whole(PLANE);
  const [stated = 0, entityBytes = 0] = uint32sOf(bytes.subarray(0, HEADER_BYTES));
  const entitiesAt = HEADER_BYTES + CLUSTER_BYTES * clusters;
  if (stated !== clusters || entitiesAt + entityBytes !== bytes.length)
    throw reader.corrupt(PLANE, 0, `${bytes.length} bytes do not fit ${clusters} clusters`);
  const notAList = () => reader.corrupt(PLANE, entitiesAt, 'its entities are no JSON list');
  const entities = parseList(bytes.subarray(entitiesAt), notAList);
  const part = (unitsBefore: number, bytesEach: number): Uint8Array =>
    bytes.subarray(
      HEADER_BYTES + unitsBefore * clusters,
      HEADER_BYTES + (unitsBefore + bytesEach) * clusters,
    );
  return {
    from: float64sOf(part(0, 8)),
    to: float64sOf(part(8, 8)),
    entityBits: uint32sOf(part(16, 4)),
    entities: entities.map(String),
  };
};

const wantedBits = ({ entities }: ZoneMaps, wanted: CompiledFilters['entities']): number => {
  // All bits, and with them those of a cluster without rows, which has none.
  if (!wanted) return 0xffffffff;
  const codes = [...wanted].map((entity) => entities.indexOf(entity));
  return codes.reduce((bits, code) => bits | bitOf(code < 0 ? SHARED_BIT : code), 0);
};

/**
 * A byte a cluster, 1 when a row of it may pass `entity`, `since` and `until`: never 0 when one does. Undefined when the filters ask
 * for none of these. Error: FILTER_INVALID.
 */
export const zoneMatches = (zones: ZoneMaps, filters: SearchFilters): Uint8Array | undefined => {
  const { entities, times } = compileFilters(filters);
  if (!entities && !times) return undefined;
  const bits = wantedBits(zones, entities);
  const { from, to, entityBits } = zones;
  const matches = new Uint8Array(entityBits.length);
  for (let cluster = 0; cluster < matches.length; cluster += 1) {
    const inTime = !times || ((to[cluster] as number) >= times.from && (from[cluster] as number) < times.to);
    matches[cluster] = inTime && ((entityBits[cluster] as number) & bits) !== 0 ? 1 : 0;
  }
  return matches;
};
