import { vectorKernel } from '../kernel/choose-kernel.ts';
import type { ClusterPlane } from '../segment/cluster-plane.ts';
import type { DenseQuery } from './dense-scan.ts';
import type { Scope } from './planner.ts';

/** A segment whose nearest clusters are to be read. */
export interface ProbedScope {
  scope: Scope;
  clusters: ClusterPlane;
  /** Matching rows that its share of the reading should come to. */
  rows: number;
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
  return Array.from(centroids.scales.keys(), (cluster) => {
    const [first = 0, end = 0] = [firstRow[cluster], firstRow[cluster + 1]];
    const similarity = (scan.score(cluster, 1)[0] ?? 0) * step;
    return { probe, similarity, first, end, matching: matchingRows(scope, first, end) };
  });
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
 * The clusters nearest to a query over several segments, until they hold as many matching rows as all of them ask for together.
 * `floor` is the similarity of the farthest centroid: about the least that any row has.
 */
export const chooseClusters = (
  query: DenseQuery,
  probed: readonly ProbedScope[],
): { probes: Probe[]; clusters: number; floor: number } => {
  const all = probed.flatMap((one, probe) => candidatesOf(query, one, probe));
  all.sort((left, right) => right.similarity - left.similarity);
  const wanted = probed.reduce((sum, { rows }) => sum + rows, 0);
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
