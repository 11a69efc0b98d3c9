/** A place in the data bucket. */
export interface Place {
  /** Services that write there. */
  writers: readonly string[];
  /** An object that may lie there. */
  key: string;
}

/** What the key of an index begins with. */
export const INDEX = 'indexes/docs/model=m@000000000000/dims=384/';

const below = (prefix: string, ...writers: string[]): [string, Place] => [
  prefix,
  { writers, key: `${prefix}some/object` },
];

/** Who writes where: one service a prefix. What users upload goes to inbox/, signed for by the orchestrator. */
export const PLACES: Readonly<Record<string, Place>> = Object.fromEntries([
  below('inbox/', 'orchestrator'),
  below('raw/', 'ingest'),
  below('derived/', 'ingest'),
  below('rejects/', 'ingest'),
  below('sources/', 'ingest'),
  below('runs/', 'ingest'),
  below('chunks/', 'chunk'),
  below('embeddings/', 'embed'),
  below('batches/', 'embed'),
  below('indexes/', 'compactor'),
  ['intermediate/', { writers: ['compactor'], key: `${INDEX}intermediate/some/object` }],
  below('gc/', 'compactor'),
  below('erasures/', 'compactor'),
  below('collections/', 'orchestrator'),
  below('jobs/', 'orchestrator'),
  below('retrievals/', 'query'),
  // The operator's.
  below('models/'),
]);
