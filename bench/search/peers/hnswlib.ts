import { statSync } from 'node:fs';
import type { DataSet } from '../data.ts';
import { loadPeerModule, versionOf, type Peer } from './peer.ts';

interface Hnsw {
  initIndex(options: { maxElements: number; m: number; efConstruction: number; randomSeed: number }): void;
  addPoint(vector: number[], label: number): void;
  writeIndexSync(file: string): void;
  readIndexSync(file: string): void;
  setEf(ef: number): void;
  searchKnn(vector: number[], k: number): { neighbors: number[] };
}

interface Module {
  HierarchicalNSW: new (space: 'ip', dims: number) => Hnsw;
}

const BUILD = { m: 16, efConstruction: 200, randomSeed: 100 };
const EFS = [16, 32, 64, 128, 256, 512];

const fileIn = (folder: string): string => `${folder}index.hnsw`;

/** hnswlib: a graph over f32 vectors in memory. */
export const hnswlib = (): Peer => {
  const { HierarchicalNSW } = loadPeerModule('hnswlib-node') as Module;
  return {
    name: 'hnswlib',
    version: versionOf('hnswlib-node'),
    settings: `M ${String(BUILD.m)}, efConstruction ${String(BUILD.efConstruction)}, f32`,
    build: (set: DataSet, folder) => {
      const rows = set.rows();
      const index = new HierarchicalNSW('ip', set.dims);
      const startedMs = performance.now();
      index.initIndex({ maxElements: set.count, ...BUILD });
      for (let row = 0; row < set.count; row += 1)
        index.addPoint([...rows.subarray(row * set.dims, (row + 1) * set.dims)], row);
      index.writeIndexSync(fileIn(folder));
      const buildMs = performance.now() - startedMs;
      return Promise.resolve({ buildMs, bytesPerVector: statSync(fileIn(folder)).size / set.count });
    },
    open: (set, folder) => {
      const index = new HierarchicalNSW('ip', set.dims);
      index.readIndexSync(fileIn(folder));
      const points = EFS.map((ef) => ({
        settings: `ef ${String(ef)}`,
        search: (query: Float32Array, k: number) => {
          index.setEf(ef);
          return index.searchKnn([...query], k).neighbors;
        },
      }));
      return Promise.resolve(points);
    },
    close: () => undefined,
  };
};
