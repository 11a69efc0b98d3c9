import { vectorKernel } from '../kernel/choose-kernel.ts';
import { SCAN_BATCH } from '../kernel/vector-kernel.ts';
import type { ClusterPlane } from '../segment/cluster-plane.ts';
import type { DenseQuery } from './dense-scan.ts';
import type { Scope } from './planner.ts';

/** A segment of which the nearest clusters are wanted. */
export interface ProbedScope {
  scope: Scope;
  clusters: ClusterPlane;
}

/** What to read of a segment: rows of the chosen clusters, ascending, `end` exclusive. */
export interface Probe {
  scope: Scope;
  ranges: (readonly [first: number, end: number])[];
}

interface Candidate {
  probe: number;
  similarity: number;
  first: number;
  end: number;
  matching: number;
}

const matchingRows = ({ mask }: Scope, first: number, end: number): number =>
  mask ? mask.subarray(first, end).reduce((sum, byte) => sum + byte, 0) : end - first;

const candidatesOf = (query: DenseQuery, { scope, clusters }: ProbedScope, probe: number): Candidate[] => {
  const { centroids, firstRow } = clusters;
  const { components, step } = query.rounded;
  const scan = vectorKernel().scan(components, centroids);
  const candidates: Candidate[] = [];
  const clusterCount = centroids.scales.length;
  for (let batch = 0; batch < clusterCount; batch += SCAN_BATCH)
    scan.score(batch, Math.min(SCAN_BATCH, clusterCount - batch)).forEach((score, index) => {
      const [first = 0, end = 0] = [firstRow[batch + index], firstRow[batch + index + 1]];
      const matching = matchingRows(scope, first, end);
      candidates.push({ probe, similarity: score * step, first, end, matching });
    });
  return candidates;
};

const ascending = (ranges: readonly Candidate[]): (readonly [number, number])[] => {
  const joined: [number, number][] = [];
  for (const { first, end } of [...ranges].sort((left, right) => left.first - right.first)) {
    const last = joined.at(-1);
    if (last?.[1] === first) last[1] = end;
    else joined.push([first, end]);
  }
  return joined;
};

/**
 * The clusters nearest to a query over several segments, until they hold `wanted` matching rows.
 * `floor` is the similarity of the farthest centroid: about the least that any row has.
 */
export const chooseClusters = (
  query: DenseQuery,
  probed: readonly ProbedScope[],
  wanted: number,
): { probes: Probe[]; clusters: number; floor: number } => {
  const all = probed.flatMap((one, probe) => candidatesOf(query, one, probe));
  all.sort((left, right) => right.similarity - left.similarity);
  const chosen: Candidate[] = [];
  let rows = 0;
  for (const candidate of all) {
    if (rows >= wanted) break;
    if (candidate.matching === 0) continue;
    chosen.push(candidate);
    rows += candidate.matching;
  }
  const probes = probed.map(({ scope }, probe) => ({
    scope,
    ranges: ascending(chosen.filter((one) => one.probe === probe)),
  }));
  return { probes, clusters: chosen.length, floor: all.at(-1)?.similarity ?? Infinity };
};
