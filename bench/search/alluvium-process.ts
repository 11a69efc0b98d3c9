import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { buildIndex, warmPoints } from './alluvium.ts';
import { DATA_FOLDER } from './data/files.ts';
import { openSet, type SetName } from './data.ts';
import { folderObjectStore } from './server/folder-store.ts';
import { jobOf, peakRssMb, reportAndExit } from './support/child.ts';
import { measurePoint, type MeasuredPoint } from './support/measure.ts';
import { timeVectorPlanes, type VectorTimes } from './vector-planes.ts';
import { streamTimes, type StreamTimes } from './support/stream-time.ts';

/** Buckets of ours: one a set. */
export const BUCKETS = `${DATA_FOLDER}alluvium/`;

export interface AlluviumJob {
  task: 'build' | 'vectors' | 'warm';
  set: SetName;
}

/** What a build came to. */
export interface AlluviumBuild {
  buildMs: number;
  bytesPerVector: number;
  peakRssMb: number;
}

/** What warm searches came to. */
export interface AlluviumWarm {
  points: MeasuredPoint[];
  stream: StreamTimes;
}

const sizeOf = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);

const build = async (name: SetName): Promise<AlluviumBuild> => {
  const set = openSet(name);
  rmSync(BUCKETS + name, { recursive: true, force: true });
  const times = await buildIndex(set, folderObjectStore(BUCKETS, name));
  return { ...times, bytesPerVector: sizeOf(BUCKETS + name) / set.count, peakRssMb: peakRssMb() };
};

const warm = async (name: SetName): Promise<AlluviumWarm> => {
  const set = openSet(name);
  const points: MeasuredPoint[] = [];
  for (const point of await warmPoints(set, folderObjectStore(BUCKETS, name)))
    points.push(await measurePoint(point, set));
  return { points, stream: streamTimes(set.count, set.dims) };
};

const vectors = (name: SetName): Promise<VectorTimes> => timeVectorPlanes(openSet(name));

if (import.meta.main) {
  const { task, set } = jobOf() as AlluviumJob;
  reportAndExit(await { build, vectors, warm }[task](set));
}
