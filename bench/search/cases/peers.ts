import type { SetName } from '../data.ts';
import type { PeerJob, PeerName, PeerResult } from '../peers/peer-process.ts';
import { announce, noteOf, type Section } from '../sections.ts';
import { runChild } from '../support/child.ts';
import type { MeasuredPoint } from '../support/measure.ts';
import { atLeast, below, rounded, type Bar, type Row } from '../../support/report.ts';
import { fastestAt } from './warm.ts';

const PROCESS = new URL('../peers/peer-process.ts', import.meta.url);

const PEERS: readonly PeerName[] = [
  'hnswlib',
  'usearch',
  'lancedb-hnsw-sq',
  'lancedb-ivf-rq',
  'chroma',
  'sqlite-vec',
];

/** Every system is shown at its fastest setting that reaches a stage. */
const STAGES = [0.95, 0.98, 0.99];

const COMPARED: { set: SetName; recall: number; peers: readonly PeerName[] } = {
  set: 'real-100k',
  recall: 0.98,
  peers: ['hnswlib', 'lancedb-hnsw-sq', 'lancedb-ivf-rq'],
};

/** Builds a peer's index of a set unless an earlier run did; on all cores where the peer knows how to. */
export const buildPeer = async (peer: PeerName, set: SetName): Promise<void> => {
  const job: PeerJob = { task: 'build', peer, set };
  await runChild(PROCESS, job, { threads: 'all' });
};

const pointRows = (set: SetName, { system, points }: PeerResult): Row[] => {
  const reached = STAGES.map((stage) => fastestAt(points, stage)).filter((point) => point !== undefined);
  return [...new Set(reached)].map(({ settings, recall, p50Ms, p99Ms }) => ({
    case: `warm ${set}`,
    system,
    settings,
    recall: rounded(recall),
    p50Ms: rounded(p50Ms),
    p99Ms: rounded(p99Ms),
  }));
};

const buildRow = (set: SetName, result: PeerResult): Row => ({
  case: `build ${set}`,
  system: result.system,
  index: result.settings,
  buildS: rounded(result.buildMs / 1000),
  bytesPerVector: rounded(result.bytesPerVector),
  peakRssMb: rounded(result.peakRssMb),
});

const barsOf = (ours: readonly MeasuredPoint[], theirs: readonly MeasuredPoint[]): Bar[] => {
  const { set, recall } = COMPARED;
  const point = fastestAt(ours, recall);
  const rival = fastestAt(theirs, recall);
  if (!point) return [];
  const bars = [atLeast(`warm ${set}: recall`, rounded(point.recall), recall)];
  if (!rival) return bars;
  const ratio = rounded(point.p50Ms / rival.p50Ms);
  return [...bars, below(`warm ${set}: p50 / the fastest of hnswlib and LanceDB`, ratio, 1)];
};

/** Warm searches of the peers. Ours, where they were measured, are held against them. */
export const peersSection = async (
  sets: readonly SetName[],
  ours: ReadonlyMap<SetName, MeasuredPoint[]>,
): Promise<Section> => {
  const section: Section = { rows: [], bars: [] };
  const rivals: MeasuredPoint[] = [];
  for (const set of sets)
    for (const peer of PEERS) {
      announce(`${peer} on ${set}`);
      try {
        await buildPeer(peer, set);
        const job: PeerJob = { task: 'search', peer, set };
        const result = (await runChild(PROCESS, job)) as PeerResult;
        section.rows.push(...pointRows(set, result), buildRow(set, result));
        if (set === COMPARED.set && COMPARED.peers.includes(peer)) rivals.push(...result.points);
      } catch (error) {
        section.rows.push({ case: `warm ${set}`, system: peer, note: `left out: ${noteOf(error)}` });
      }
    }
  section.bars.push(...barsOf(ours.get(COMPARED.set) ?? [], rivals));
  return section;
};
