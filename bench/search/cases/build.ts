import type { AlluviumBuild, AlluviumJob } from '../alluvium-process.ts';
import { SET_ROWS, type SetName } from '../data.ts';
import { announce, noteOf, type Section } from '../sections.ts';
import { runChild } from '../support/child.ts';
import { atLeast, atMost, rounded, type Bar, type Row } from '../../support/report.ts';

const PROCESS = new URL('../alluvium-process.ts', import.meta.url);
const LEAST_VECTORS_PER_S = 100_000;
const MOST_CLUSTERING_S = 60;
const MOST_PEAK_MB = 2000;
const LARGE = 1_000_000;

const rowOf = (name: SetName, built: AlluviumBuild): Row => ({
  case: `build ${name}`,
  system: 'alluvium',
  buildS: rounded(built.buildMs / 1000),
  clusteringS: built.clusteringMs === undefined ? 'not told' : rounded(built.clusteringMs / 1000),
  vectorsPerS: rounded(SET_ROWS[name] / ((built.buildMs - (built.clusteringMs ?? 0)) / 1000)),
  bytesPerVector: rounded(built.bytesPerVector),
  peakRssMb: rounded(built.peakRssMb),
});

const barsOf = (name: SetName, built: AlluviumBuild): Bar[] => {
  const { buildMs, clusteringMs = 0, peakRssMb } = built;
  const perS = rounded(SET_ROWS[name] / ((buildMs - clusteringMs) / 1000));
  const bars = [atLeast(`build ${name}: vectors/s without clustering`, perS, LEAST_VECTORS_PER_S)];
  if (SET_ROWS[name] < LARGE) return bars;
  return [
    ...bars,
    atMost(`build ${name}: clustering, s`, rounded(clusteringMs / 1000), MOST_CLUSTERING_S),
    atMost(`build ${name}: peak memory, MB`, rounded(peakRssMb), MOST_PEAK_MB),
  ];
};

/** Builds our index of each set: what the other sections search. */
export const buildSection = async (sets: readonly SetName[]): Promise<Section> => {
  const section: Section = { rows: [], bars: [] };
  for (const name of sets) {
    announce(`building ${name}`);
    const job: AlluviumJob = { task: 'build', set: name };
    try {
      const built = (await runChild(PROCESS, job)) as AlluviumBuild;
      section.rows.push(rowOf(name, built));
      section.bars.push(...barsOf(name, built));
    } catch (error) {
      section.rows.push({ case: `build ${name}`, system: 'alluvium', note: noteOf(error) });
      section.bars.push(atLeast(`build ${name}: vectors/s without clustering`, 0, LEAST_VECTORS_PER_S));
    }
  }
  return section;
};
