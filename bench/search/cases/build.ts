import type { AlluviumBuild, AlluviumJob } from '../alluvium-process.ts';
import type { VectorTimes } from '../vector-planes.ts';
import { SET_ROWS, type SetName } from '../data.ts';
import { announce, noteOf, type Section } from '../sections.ts';
import { runChild } from '../support/child.ts';
import { atLeast, atMost, rounded, type Bar, type Row } from '../../support/report.ts';

const PROCESS = new URL('../alluvium-process.ts', import.meta.url);
const LEAST_VECTORS_PER_S = 100_000;
const MOST_CLUSTERING_S = 60;
const MOST_PEAK_MB = 2000;
const LARGE = 1_000_000;

const perSecond = (name: SetName, ms: number): number => rounded(SET_ROWS[name] / (ms / 1000));

const rowsOf = (name: SetName, built: AlluviumBuild, vectors: VectorTimes): Row[] => [
  {
    case: `build ${name}`,
    system: 'alluvium',
    part: 'all: words, passages, checks, writing',
    buildS: rounded(built.buildMs / 1000),
    vectorsPerS: perSecond(name, built.buildMs),
    bytesPerVector: rounded(built.bytesPerVector),
    peakRssMb: rounded(built.peakRssMb),
  },
  {
    case: `build ${name}`,
    system: 'alluvium',
    part: 'vectors alone, without clustering',
    buildS: rounded(vectors.planesMs / 1000),
    vectorsPerS: perSecond(name, vectors.planesMs),
  },
  {
    case: `build ${name}`,
    system: 'alluvium',
    part: 'clustering',
    buildS: rounded(vectors.clusteringMs / 1000),
    vectorsPerS: perSecond(name, vectors.clusteringMs),
  },
];

const barsOf = (name: SetName, { peakRssMb }: AlluviumBuild, vectors: VectorTimes): Bar[] => {
  const perS = perSecond(name, vectors.planesMs);
  const bars = [atLeast(`build ${name}: vectors/s without clustering and words`, perS, LEAST_VECTORS_PER_S)];
  if (SET_ROWS[name] < LARGE) return bars;
  return [
    ...bars,
    atMost(`build ${name}: clustering, s`, rounded(vectors.clusteringMs / 1000), MOST_CLUSTERING_S),
    atMost(`build ${name}: peak memory, MB`, rounded(peakRssMb), MOST_PEAK_MB),
  ];
};

const jobOf = (task: AlluviumJob['task'], set: SetName): AlluviumJob => ({ task, set });

/** Builds our index of each set: what the other sections search. */
export const buildSection = async (sets: readonly SetName[]): Promise<Section> => {
  const section: Section = { rows: [], bars: [] };
  for (const name of sets) {
    announce(`building ${name}`);
    try {
      const built = (await runChild(PROCESS, jobOf('build', name))) as AlluviumBuild;
      const vectors = (await runChild(PROCESS, jobOf('vectors', name))) as VectorTimes;
      section.rows.push(...rowsOf(name, built, vectors));
      section.bars.push(...barsOf(name, built, vectors));
    } catch (error) {
      section.rows.push({ case: `build ${name}`, system: 'alluvium', note: noteOf(error) });
      section.bars.push(
        atLeast(`build ${name}: vectors/s without clustering and words`, 0, LEAST_VECTORS_PER_S),
      );
    }
  }
  return section;
};
