import { statSync } from 'node:fs';
import type { SearchPoint } from '../support/measure.ts';
import { loadPeerModule, versionOf, type Peer } from './peer.ts';

interface Index {
  add(keys: BigUint64Array, vectors: Float32Array, threads: number): void;
  search(query: Float32Array, k: number, threads: number): { keys: BigUint64Array };
  save(file: string): void;
  load(file: string): void;
}

interface Config {
  dimensions: number;
  metric: 'cos';
  quantization: 'i8';
  connectivity: number;
  expansion_add: number;
  expansion_search: number;
  multi: boolean;
}

interface Module {
  Index: new (config: Config) => Index;
}

const EXPANSIONS = [16, 32, 64, 128, 256, 512];
const PART_ROWS = 10_000;

const configOf = (dimensions: number, search: number): Config => ({
  dimensions,
  metric: 'cos',
  quantization: 'i8',
  connectivity: 16,
  expansion_add: 128,
  expansion_search: search,
  multi: false,
});

const fileIn = (folder: string): string => `${folder}index.usearch`;

/** usearch: a graph over int8 vectors in memory. */
export const usearch = (): Peer => {
  const { Index } = loadPeerModule('usearch') as Module;
  return {
    name: 'usearch i8',
    version: versionOf('usearch'),
    settings: 'connectivity 16, expansion 128, i8',
    build: (set, folder) => {
      const index = new Index(configOf(set.dims, 64));
      const startedMs = performance.now();
      for (let first = 0; first < set.count; first += PART_ROWS) {
        const rows = set.rowsBetween(first, Math.min(set.count, first + PART_ROWS));
        const keys = BigUint64Array.from({ length: rows.length / set.dims }, (_, row) => BigInt(first + row));
        index.add(keys, rows, 1);
      }
      index.save(fileIn(folder));
      const buildMs = performance.now() - startedMs;
      return Promise.resolve({ buildMs, bytesPerVector: statSync(fileIn(folder)).size / set.count });
    },
    open: (set, folder) => {
      // The effort belongs to an index, so each has its own.
      const points = EXPANSIONS.map((expansion): SearchPoint => {
        let index: Index | undefined;
        return {
          settings: `expansion ${String(expansion)}`,
          search: (query, k) => {
            if (!index) {
              index = new Index(configOf(set.dims, expansion));
              index.load(fileIn(folder));
            }
            return Array.from(index.search(query, k, 1).keys, Number);
          },
        };
      });
      return Promise.resolve(points);
    },
    close: () => undefined,
  };
};
