import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { DATA_FOLDER } from '../data/files.ts';
import { openSet, type SetName } from '../data.ts';
import { jobOf, peakRssMb, reportAndExit } from '../support/child.ts';
import { measurePoint, type MeasuredPoint } from '../support/measure.ts';
import { chroma } from './chroma.ts';
import { hnswlib } from './hnswlib.ts';
import { lancedb } from './lancedb.ts';
import type { Peer, PeerBuild } from './peer.ts';
import { sqliteVec } from './sqlite-vec.ts';
import { usearch } from './usearch.ts';

const PEERS = {
  hnswlib,
  usearch,
  'lancedb-hnsw-sq': () => lancedb('hnswSq'),
  'lancedb-ivf-rq': () => lancedb('ivfRq'),
  chroma,
  'sqlite-vec': sqliteVec,
} satisfies Record<string, () => Peer>;

export type PeerName = keyof typeof PEERS;

/** Build the index of a set, or measure searches of what was built; building leaves the process larger. */
export interface PeerJob {
  task: 'build' | 'search';
  peer: PeerName;
  set: SetName;
}

/** What one peer came to on one set. */
export interface PeerResult extends PeerBuild {
  system: string;
  settings: string;
  peakRssMb: number;
  points: MeasuredPoint[];
}

/** What was built lies here, with a note of what it cost. */
export const peerFolder = (peer: PeerName, set: SetName): string => `${DATA_FOLDER}peers/${peer}/${set}/`;

const noteOf = (folder: string): string => `${folder.slice(0, -1)}.json`;

type BuildNote = PeerBuild & { version: string; settings: string; peakRssMb: number };

const readNote = (peer: Peer, folder: string): BuildNote | undefined => {
  if (!existsSync(noteOf(folder))) return undefined;
  const note = JSON.parse(readFileSync(noteOf(folder), 'utf8')) as BuildNote;
  return note.version === peer.version && note.settings === peer.settings ? note : undefined;
};

const build = async (peer: Peer, folder: string, set: SetName): Promise<void> => {
  if (readNote(peer, folder)) return;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const built = await peer.build(openSet(set), folder);
  const { version, settings } = peer;
  const note: BuildNote = { ...built, version, settings, peakRssMb: peakRssMb() };
  writeFileSync(noteOf(folder), JSON.stringify(note));
};

const search = async (peer: Peer, folder: string, name: SetName): Promise<PeerResult> => {
  const note = readNote(peer, folder);
  if (!note) throw new Error(`error: ${peer.name} is not built`);
  const set = openSet(name);
  const points: MeasuredPoint[] = [];
  for (const point of await peer.open(set, folder)) points.push(await measurePoint(point, set));
  const { buildMs, bytesPerVector, settings, peakRssMb: rssMb, version } = note;
  return {
    system: `${peer.name} ${version}`,
    settings,
    buildMs,
    bytesPerVector,
    peakRssMb: rssMb,
    points,
  };
};

const main = async (): Promise<void> => {
  const { task, peer: name, set } = jobOf() as PeerJob;
  const peer = PEERS[name]();
  const folder = peerFolder(name, set);
  try {
    if (task === 'build') await build(peer, folder, set);
    reportAndExit(task === 'search' ? await search(peer, folder, set) : {});
  } finally {
    await peer.close();
  }
};

if (import.meta.main) await main();
