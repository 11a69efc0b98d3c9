import type { ColdJob, ColdSystem } from '../cold-client.ts';
import type { SetName } from '../data.ts';
import type { Traffic } from '../server/request-log.ts';
import { atLeast, atMost, rounded, type Bar } from '../../support/report.ts';

/** One system, set and mode. */
export interface ColdCase {
  system: ColdSystem;
  set: SetName;
  mode: ColdJob['mode'];
}

/** Medians over the processes. */
export interface ColdMeasured extends ColdCase, Traffic {
  answerMs: number;
  mostMs: number;
  mostRoundTrips: number;
  recall: number;
}

const RECALL = 0.95;
const DENSE = { ms: 200, roundTrips: 5 };
const HYBRID = { ms: 280, roundTrips: 6 };
const MEGABYTES: Partial<Record<SetName, number>> = { 'real-100k': 12 };
const MOST_MEGABYTES = 9;
/** How much longer LanceDB takes for the same task. */
const LANCEDB_FACTOR = 4;

const barsOfDense = (found: ColdMeasured): Bar[] => {
  const { set, recall, answerMs, bytes, roundTrips } = found;
  const size = atMost(`cold dense ${set}: MB`, rounded(bytes / 1e6), MEGABYTES[set] ?? MOST_MEGABYTES);
  const quality = atLeast(`cold dense ${set}: recall`, rounded(recall), RECALL);
  if (set in MEGABYTES) return [quality, size];
  return [
    quality,
    atMost(`cold dense ${set}: round trips`, roundTrips, DENSE.roundTrips),
    size,
    atMost(`cold dense ${set}: p50, ms`, rounded(answerMs), DENSE.ms),
  ];
};

const barsOfHybrid = ({ set, answerMs, roundTrips }: ColdMeasured): Bar[] =>
  set in MEGABYTES
    ? []
    : [
        atMost(`cold hybrid ${set}: round trips`, roundTrips, HYBRID.roundTrips),
        atMost(`cold hybrid ${set}: p50, ms`, rounded(answerMs), HYBRID.ms),
      ];

const barOfRivals = (ours: ColdMeasured, all: readonly ColdMeasured[]): Bar[] => {
  const rivals = all.filter(
    ({ system, set, mode }) => system !== 'alluvium' && set === ours.set && mode === ours.mode,
  );
  if (rivals.length === 0) return [];
  const fastestMs = Math.min(...rivals.map(({ answerMs }) => answerMs));
  const name = `cold ${ours.mode} ${ours.set}: LanceDB / alluvium`;
  return [atLeast(name, rounded(fastestMs / ours.answerMs), LANCEDB_FACTOR)];
};

/** What cold answers are held to; one that failed fails its bars. */
export const coldBars = (sets: readonly SetName[], measured: readonly ColdMeasured[]): Bar[] => {
  const ours = measured.filter(({ system, mode }) => system === 'alluvium' && mode !== 'pending');
  const missing = sets
    .filter((name) => !ours.some(({ set, mode }) => set === name && mode === 'dense'))
    .map((name) => atLeast(`cold dense ${name}: recall`, 0, RECALL));
  return [
    ...missing,
    ...ours.flatMap((found) => [
      ...(found.mode === 'dense' ? barsOfDense(found) : barsOfHybrid(found)),
      ...barOfRivals(found, measured),
    ]),
  ];
};
