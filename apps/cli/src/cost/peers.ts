import { GB, type Load } from './monthly-cost.ts';
import type { Noted } from './prices.ts';
import type { Usage } from './usage.ts';

/** What another service would charge for a month, by its list prices. */
export interface Peer extends Noted {
  name: string;
  /** How the figure comes about, in one line. */
  how: string;
  usd: (load: Load, use: Usage) => number;
}

const DIMS = 384;
const METADATA_BYTES = 500;
const HOURS = 730;
const DATE = '2026-11';

/** Bytes of a vector as float32, with its metadata, in GB for a whole load. */
const floatGb = (vectors: number): number => (vectors * (DIMS * 4 + METADATA_BYTES)) / GB;

const sizes = ({ documents }: Load, use: Usage) => {
  const vectors = documents * use.vectorsPerDocument;
  return { vectors, gb: floatGb(vectors), changedGb: floatGb(vectors * use.changedShare) };
};

const s3Vectors: Peer = {
  ...{ name: 'S3 Vectors', date: DATE, source: 'aws.amazon.com/s3/pricing' },
  how: '0.06/GB-month, 0.20/GB written, 2.50/M queries, 0.004/TB looked at up to 100k vectors, 0.002 above',
  usd: (load, use) => {
    const { vectors, gb, changedGb } = sizes(load, use);
    const first = floatGb(Math.min(vectors, 100_000)) / 1000;
    const rest = gb / 1000 - first;
    const scanned = load.queries * (first * 0.004 + rest * 0.002);
    return gb * 0.06 + changedGb * 0.2 + load.queries * 2.5e-6 + scanned;
  },
};

const pinecone: Peer = {
  ...{ name: 'Pinecone serverless', date: DATE, source: 'pinecone.io/pricing, Standard' },
  how: '0.33/GB-month, 4/M write units of 1 kB, 16/M read units of 1 GB, 0.25 at least; 50 at least',
  usd: (load, use) => {
    const { gb, changedGb } = sizes(load, use);
    const reads = load.queries * Math.max(0.25, gb);
    return Math.max(50, gb * 0.33 + changedGb * 1e6 * 4e-6 + reads * 16e-6);
  },
};

const turbopuffer: Peer = {
  ...{ name: 'turbopuffer', date: DATE, source: 'turbopuffer.com/pricing, Launch' },
  how: '0.33/GB-month, 2/GB written, 5/PB looked at, 1.28 GB a query at least; 64 at least',
  usd: (load, use) => {
    const { gb, changedGb } = sizes(load, use);
    const looked = load.queries * Math.max(1.28, gb);
    return Math.max(64, gb * 0.33 + changedGb * 2 + looked * 5e-6);
  },
};

const openSearch: Peer = {
  ...{ name: 'OpenSearch Serverless', date: DATE, source: 'aws.amazon.com/opensearch-service/pricing' },
  how: '0.24/OCU-hour, 2 OCUs at least; 3 GB of vectors an OCU in memory, twice for a standby; 0.024/GB-month',
  usd: (load, use) => {
    const { gb } = sizes(load, use);
    const searching = Math.max(1, 2 * Math.ceil(gb / 3 - 0.5));
    return (1 + searching) * HOURS * 0.24 + gb * 0.024;
  },
};

/** Others, by list prices as they were noted: check them at their source. */
export const PEERS: readonly Peer[] = [s3Vectors, pinecone, turbopuffer, openSearch];
