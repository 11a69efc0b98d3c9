import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createTable, idsOf, lanceModule, TABLE, type Table, type VectorQuery } from './lancedb-table.ts';
import { versionOf, type Peer } from './peer.ts';

type Kind = 'hnswSq' | 'ivfRq';

/** More or less effort of one search. */
export interface LanceEffort {
  nprobes: number;
  ef?: number;
  refine?: number;
}

interface Variant {
  name: string;
  settings: string;
  index: (rows: number) => Record<string, unknown>;
  efforts: LanceEffort[];
}

const partitionsFor = (rows: number): number => Math.round(Math.sqrt(rows));

const VARIANTS: Record<Kind, Variant> = {
  hnswSq: {
    name: 'LanceDB HNSW_SQ',
    settings: '1 partition, M 20, efConstruction 150',
    index: () => ({ distanceType: 'cosine', numPartitions: 1, m: 20, efConstruction: 150 }),
    efforts: [16, 32, 64, 128, 256, 512].map((ef) => ({ nprobes: 1, ef })),
  },
  ivfRq: {
    name: 'LanceDB IVF_RQ',
    settings: 'sqrt(rows) partitions, 1 bit',
    index: (rows) => ({ distanceType: 'cosine', numPartitions: partitionsFor(rows) }),
    efforts: [
      ...[10, 20, 40, 80, 160].map((nprobes) => ({ nprobes, refine: 10 })),
      ...[20, 40].map((refine) => ({ nprobes: 400, refine })),
    ],
  },
};

/** What an effort is called in a report. */
export const effortName = ({ nprobes, ef, refine }: LanceEffort): string =>
  [`nprobes ${String(nprobes)}`, ef && `ef ${String(ef)}`, refine && `refine ${String(refine)}`]
    .filter((part) => part !== undefined)
    .join(', ');

/** A query for the nearest rows at an effort. */
export const lanceQuery = (table: Table, vector: Float32Array, effort: LanceEffort): VectorQuery => {
  let query = table.query().nearestTo(vector).distanceType('cosine').nprobes(effort.nprobes);
  if (effort.ef !== undefined) query = query.ef(effort.ef);
  if (effort.refine !== undefined) query = query.refineFactor(effort.refine);
  return query;
};

const sizeOf = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);

/** LanceDB over files, with one of its indexes. */
export const lancedb = (kind: Kind): Peer => {
  const module = lanceModule();
  const { name, settings, index, efforts } = VARIANTS[kind];
  return {
    name,
    version: versionOf('@lancedb/lancedb'),
    settings,
    build: async (set, folder) => {
      const startedMs = performance.now();
      const table = await createTable(set, folder);
      await table.createIndex('vector', { config: module.Index[kind](index(set.count)) });
      const buildMs = performance.now() - startedMs;
      // For hybrid searches; the time is not counted.
      await table.createIndex('text', { config: module.Index.fts() });
      return { buildMs, bytesPerVector: sizeOf(folder) / set.count };
    },
    open: async (_set, folder) => {
      const table = await (await module.connect(folder)).openTable(TABLE);
      return efforts.map((effort) => ({
        settings: effortName(effort),
        search: async (query, k) =>
          idsOf(await lanceQuery(table, query, effort).limit(k).select(['id', '_distance']).toArrow()),
      }));
    },
    close: () => undefined,
  };
};
