import type { Clock } from '../clock.ts';
import type { ReadMeter } from '../store/range-reads.ts';
import type { ClusterPlane } from '../segment/cluster-plane.ts';
import {
  readAllRows,
  readClusters,
  readCodes,
  readRowRanges,
  type ChosenRows,
  type SegmentCodes,
} from '../segment/segment-rows.ts';
import { scanRows, type DenseQuery } from './dense-scan.ts';
import { estimateOf, estimateRows, leastOf, offerEstimates, type Estimates } from './estimate-rows.ts';
import type { RankedList } from './fusion.ts';
import type { KnownRows } from './known-rows.ts';
import { decide, rowsToRescore, type Decisions, type Scope } from './planner.ts';
import { chooseClusters, type Probe } from './probe-clusters.ts';
import type { Recall, SearchPlan, SearchTimings, Way } from './search-types.ts';
import { TopK } from './top-k.ts';

/** A dense search over segments. */
export interface DenseSearch {
  scopes: readonly Scope[];
  query: DenseQuery;
  recall: Recall;
  /** Results that the caller wants, and rows to rank for him. */
  k: number;
  depth: number;
  /** Whether the floor of the list counts, which means to look at every estimate. */
  needsFloor: boolean;
  known: KnownRows;
  meter: ReadMeter;
  /** Gets what scanning and rescoring took. */
  timings: Pick<SearchTimings, 'scanMs' | 'rescoreMs'>;
  clock: Clock;
}

/** What was found out, scope by scope, before anything is ranked. */
interface Findings {
  whole: Map<Scope, Awaited<ReturnType<typeof readAllRows>>>;
  chosen: Map<Scope, ChosenRows>;
  estimates: Map<Scope, Estimates[]>;
  floor: number;
  clustersProbed: number;
}

const scopesOf = ({ ways }: Decisions, way: Way): Scope[] =>
  [...ways].flatMap(([scope, decision]) => (decision.way === way ? [scope] : []));

const matchingRanges = ({ mask }: Scope): (readonly [number, number])[] => {
  const ranges: (readonly [number, number])[] = [];
  mask?.forEach((byte, row) => {
    if (byte === 1) ranges.push([row, row + 1]);
  });
  return ranges;
};

// What a step takes of the processor, added to what it took before.
const measured = <T>({ timings, clock }: DenseSearch, name: 'scanMs' | 'rescoreMs', step: () => T): T => {
  const startedMs = clock.monotonicMs();
  const result = step();
  timings[name] += clock.monotonicMs() - startedMs;
  return result;
};

const nearestClusters = async (
  { query, meter }: DenseSearch,
  { scopes, rows }: { scopes: readonly Scope[]; rows: number },
  findings: Findings,
): Promise<Probe[]> => {
  const clusters = await Promise.all(scopes.map(({ segment }) => readClusters(segment, meter)));
  const probed = scopes.map((scope, index) => ({ scope, clusters: clusters[index] as ClusterPlane }));
  const nearest = chooseClusters(query, probed, rows);
  findings.clustersProbed += nearest.clusters;
  findings.floor = Math.min(findings.floor, nearest.floor);
  return nearest.probes;
};

const probe = async (search: DenseSearch, decisions: Decisions, findings: Findings): Promise<void> => {
  const scopes = scopesOf(decisions, 'probe');
  if (scopes.length === 0) return;
  const probes = await nearestClusters(search, { scopes, rows: decisions.probedRows }, findings);
  await Promise.all(
    probes.map(async ({ scope, ranges }) => {
      findings.chosen.set(scope, await readRowRanges(scope.segment, ranges, search.meter));
    }),
  );
};

const codedRanges = async (
  search: DenseSearch,
  { scopes, rows }: { scopes: readonly Scope[]; rows: number | undefined },
  findings: Findings,
): Promise<Probe[]> =>
  rows === undefined
    ? scopes.map((scope) => ({ scope, ranges: [[0, scope.segment.rows] as const] }))
    : nearestClusters(search, { scopes, rows }, findings);

// The best rows by their codes are read and compared exactly.
const estimate = async (search: DenseSearch, decisions: Decisions, findings: Findings): Promise<void> => {
  const scopes = scopesOf(decisions, 'codes');
  if (scopes.length === 0) return;
  const { query, recall, k, meter, known } = search;
  const [coded, codes] = await Promise.all([
    codedRanges(search, { scopes, rows: decisions.estimatedRows }, findings),
    Promise.all(scopes.map(({ segment }) => readCodes(segment, meter))),
  ]);
  const unit = Float32Array.from(query.unit);
  const best = new TopK(rowsToRescore(scopes, recall, k));
  measured(search, 'scanMs', () => {
    coded.forEach(({ scope, ranges }, index) => {
      const estimates = estimateRows(unit, codes[index] as SegmentCodes, ranges);
      findings.estimates.set(scope, estimates);
      for (const one of estimates) offerEstimates(scope, one, best);
    });
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

const gather = async (search: DenseSearch, decisions: Decisions): Promise<Findings> => {
  const { meter } = search;
  const findings: Findings = {
    whole: new Map(),
    chosen: new Map(),
    estimates: new Map(),
    floor: Infinity,
    clustersProbed: 0,
  };
  await Promise.all([
    ...scopesOf(decisions, 'exact').map(async (scope) => {
      findings.whole.set(scope, await readAllRows(scope.segment, meter));
    }),
    ...scopesOf(decisions, 'rows').map(async (scope) => {
      findings.chosen.set(scope, await readRowRanges(scope.segment, matchingRanges(scope), meter));
    }),
    probe(search, decisions, findings),
    estimate(search, decisions, findings),
  ]);
  return findings;
};

// Scope by scope, row by row: of equal rows the first wins, whatever way it was found.
const rank = (search: DenseSearch, findings: Findings): { best: TopK; scored: number } => {
  const { scopes, query, known, depth } = search;
  const best = new TopK(depth);
  let scored = 0;
  for (const scope of scopes) {
    const { base, mask } = scope;
    const [whole, chosen] = [findings.whole.get(scope), findings.chosen.get(scope)];
    if (whole) {
      known.addAll(scope, whole);
      const least = measured(search, 'scanMs', () =>
        scanRows(query, whole, { best, mask, positionOf: (row) => base + row }),
      );
      findings.floor = Math.min(findings.floor, least);
      scored += scope.matched;
    } else if (chosen) {
      known.add(scope, chosen);
      const { rows, records } = chosen;
      const least = measured(search, 'rescoreMs', () =>
        scanRows(query, records, {
          best,
          mask: mask && Uint8Array.from(rows, (row) => mask[row] ?? 0),
          positionOf: (index) => base + (rows[index] ?? 0),
        }),
      );
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
  const decisions = decide(scopes, recall);
  const findings = await gather(search, decisions);
  const { best, scored } = rank(search, findings);
  const estimates = [...findings.estimates.values()].flat();
  const scoreOf = (position: number): number | undefined => {
    const scope = scopes[known.scopeOf(position)];
    const estimated = (scope && findings.estimates.get(scope)) ?? [];
    return known.similarity(query, position) ?? estimateOf(estimated, position - (scope?.base ?? 0));
  };
  const plan = {
    recall,
    segments: [...decisions.ways].map(([{ segment, matched }, { way, why }]) => ({
      key: segment.descriptor.key,
      rows: segment.rows,
      matched,
      way,
      why,
    })),
    rowsScored: scored,
    rowsEstimated: estimates.reduce((sum, { scores }) => sum + scores.length, 0),
    clustersProbed: findings.clustersProbed,
  };
  const floor = Math.min(findings.floor, search.needsFloor ? leastOf(estimates) : Infinity);
  return { list: { rows: best.sorted(), floor, scoreOf }, plan };
};
