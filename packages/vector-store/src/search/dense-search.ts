import type { ReadMeter } from '../store/range-reads.ts';
import {
  readAllRows,
  readClusters,
  readCodes,
  readRowRanges,
  type ChosenRows,
} from '../segment/segment-rows.ts';
import { scanRows, type DenseQuery } from './dense-scan.ts';
import { estimateRows, offerEstimates } from './estimate-rows.ts';
import type { RankedList } from './fusion.ts';
import type { KnownRows } from './known-rows.ts';
import { decide, rowsToProbe, rowsToRescore, type Scope, type SearchPlan, type Way } from './planner.ts';
import { chooseClusters } from './probe-clusters.ts';
import type { Recall } from './search-types.ts';
import { TopK } from './top-k.ts';

/** A dense search over segments. */
export interface DenseSearch {
  scopes: readonly Scope[];
  query: DenseQuery;
  recall: Recall;
  /** Results that the caller wants, and rows to rank for him. */
  k: number;
  depth: number;
  known: KnownRows;
  meter: ReadMeter;
}

/** What was found out, scope by scope, before anything is ranked. */
interface Findings {
  whole: Map<Scope, Awaited<ReturnType<typeof readAllRows>>>;
  chosen: Map<Scope, ChosenRows>;
  estimates: Map<Scope, Float32Array>;
  floor: number;
  clustersProbed: number;
}

const scopesOf = (ways: ReadonlyMap<Scope, Way>, way: Way): Scope[] =>
  [...ways].flatMap(([scope, chosen]) => (chosen === way ? [scope] : []));

const matchingRanges = ({ mask }: Scope): (readonly [number, number])[] => {
  const ranges: (readonly [number, number])[] = [];
  mask?.forEach((byte, row) => {
    if (byte === 1) ranges.push([row, row + 1]);
  });
  return ranges;
};

const probe = async (search: DenseSearch, scopes: readonly Scope[], findings: Findings): Promise<void> => {
  const { query, recall, meter } = search;
  const probed = await Promise.all(
    scopes.map(async (scope) => ({
      scope,
      clusters: await readClusters(scope.segment, meter),
      rows: (recall !== 'exact' && rowsToProbe(scope, recall)) || scope.segment.rows,
    })),
  );
  const { probes, clusters, floor } = chooseClusters(query, probed);
  findings.clustersProbed = clusters;
  findings.floor = Math.min(findings.floor, floor);
  await Promise.all(
    probes.map(async ({ scope, ranges }) => {
      findings.chosen.set(scope, await readRowRanges(scope.segment, ranges, meter));
    }),
  );
};

// The best rows by their codes are read and compared exactly.
const estimate = async (search: DenseSearch, scopes: readonly Scope[], findings: Findings): Promise<void> => {
  const { query, recall, k, meter, known } = search;
  if (scopes.length === 0) return;
  const codes = await Promise.all(scopes.map(({ segment }) => readCodes(segment, meter)));
  const unit = Float32Array.from(query.unit);
  const best = new TopK(recall === 'exact' ? 0 : rowsToRescore(scopes, recall, k));
  scopes.forEach((scope, index) => {
    const estimates = estimateRows(unit, codes[index] as (typeof codes)[number], scope.segment.rows);
    findings.estimates.set(scope, estimates);
    findings.floor = Math.min(findings.floor, offerEstimates(scope, estimates, best));
  });
  const positions = best.sorted().map(({ position }) => position);
  await Promise.all(
    scopes.map(async (scope) => {
      const { base, segment } = scope;
      if (segment.holds('rows')) known.addAll(scope, await readAllRows(segment, meter));
      const rows = positions.filter((position) => position >= base && position < base + segment.rows);
      const ranges = rows
        .sort((left, right) => left - right)
        .map((row) => [row - base, row - base + 1] as const);
      findings.chosen.set(scope, await readRowRanges(segment, ranges, meter));
    }),
  );
};

const gather = async (search: DenseSearch, ways: ReadonlyMap<Scope, Way>): Promise<Findings> => {
  const { meter } = search;
  const findings: Findings = {
    whole: new Map(),
    chosen: new Map(),
    estimates: new Map(),
    floor: Infinity,
    clustersProbed: 0,
  };
  await Promise.all([
    ...scopesOf(ways, 'exact').map(async (scope) => {
      findings.whole.set(scope, await readAllRows(scope.segment, meter));
    }),
    ...scopesOf(ways, 'rows').map(async (scope) => {
      findings.chosen.set(scope, await readRowRanges(scope.segment, matchingRanges(scope), meter));
    }),
    probe(search, scopesOf(ways, 'probe'), findings),
    estimate(search, scopesOf(ways, 'codes'), findings),
  ]);
  return findings;
};

// Scope by scope, row by row: of equal rows the first wins, whatever way it was found.
const rank = (
  { scopes, query, known, depth }: DenseSearch,
  findings: Findings,
): { best: TopK; scored: number } => {
  const best = new TopK(depth);
  let scored = 0;
  for (const scope of scopes) {
    const { base, mask } = scope;
    const [whole, chosen] = [findings.whole.get(scope), findings.chosen.get(scope)];
    if (whole) {
      known.addAll(scope, whole);
      const least = scanRows(query, whole, { best, mask, positionOf: (row) => base + row });
      findings.floor = Math.min(findings.floor, least);
      scored += scope.matched;
    } else if (chosen) {
      known.add(scope, chosen);
      const { rows, records } = chosen;
      const least = scanRows(query, records, {
        best,
        mask: mask && Uint8Array.from(rows, (row) => mask[row] ?? 0),
        positionOf: (index) => base + (rows[index] ?? 0),
      });
      findings.floor = Math.min(findings.floor, least);
      scored += rows.length;
    }
  }
  return { best, scored };
};

/**
 * Ranks rows by cosine similarity, each segment in the way that the planner chose. Scores of the list are exact, those of `scoreOf`
 * may be estimates. Errors: OBJECT_MISSING, SEGMENT_CORRUPT.
 */
export const searchDense = async (search: DenseSearch): Promise<{ list: RankedList; plan: SearchPlan }> => {
  const { scopes, query, recall, known } = search;
  const decisions = scopes.map((scope) => ({ scope, ...decide(scope, recall) }));
  const findings = await gather(search, new Map(decisions.map(({ scope, way }) => [scope, way])));
  const { best, scored } = rank(search, findings);
  const scoreOf = (position: number): number | undefined => {
    const scope = scopes[known.scopeOf(position)];
    return (
      known.similarity(query, position) ?? (scope && findings.estimates.get(scope)?.[position - scope.base])
    );
  };
  const plan = {
    recall,
    segments: decisions.map(({ scope: { segment, matched }, way, why }) => ({
      key: segment.descriptor.key,
      rows: segment.rows,
      matched,
      way,
      why,
    })),
    rowsScored: scored,
    rowsEstimated: [...findings.estimates.values()].reduce((sum, { length }) => sum + length, 0),
    clustersProbed: findings.clustersProbed,
  };
  return { list: { rows: best.sorted(), floor: findings.floor, scoreOf }, plan };
};
