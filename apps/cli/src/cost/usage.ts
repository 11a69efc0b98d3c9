/** A quantity that the model multiplies with. */
export interface Coefficient {
  value: number;
  unit: string;
  /** Where it was measured, or `assumed`. */
  source: string;
}

const of = (value: number, unit: string, source: string): Coefficient => ({ value, unit, source });
const MEASURED = 'docs/performance.md, Search';

/** What a document and a query use. */
export const USAGE = {
  vectorsPerDocument: of(4, 'vectors', 'assumed'),
  indexBytesPerVector: of(680, 'bytes', `${MEASURED}, build`),
  keptVersions: of(2, 'times the index', 'assumed: versions share most segments'),
  sourceBytesPerVector: of(3000, 'bytes', 'assumed: raw, derived, chunks and deltas of a passage'),
  changedShare: of(0.1, 'of the documents a month', 'assumed'),
  documentsPerPart: of(20, 'documents', 'assumed'),
  eventsPerPart: of(6, 'events', 'docs/events.md: fetched, derived, chunked, delta, and two of the run'),
  putsPerPart: of(8, 'PUTs', 'assumed: objects and lists of a part'),
  tableWritesPerPart: of(20, 'writes', 'assumed: stages, once-only marks, outbox'),
  tableReadsPerPart: of(20, 'reads', 'assumed'),
  invocationsPerPart: of(8, 'invocations', 'assumed'),
  gbSecondsPerVector: of(0.02, 'GB-s', 'assumed: reading, cutting and embedding with the built-in model'),
  buildVectorsPerSecond: of(22_000, 'vectors/s', `${MEASURED}, build: all`),
  timesRebuilt: of(5, 'times', 'assumed: merges that a vector goes through'),
  builderGb: of(3.008, 'GB', 'services/compactor/serverless.yml'),
  publishesPerMonth: of(720, 'publishes', 'assumed: one an hour'),
  putsPerPublish: of(40, 'PUTs', 'assumed'),
  schedulesPerMonth: of(35_000, 'invocations', 'assumed: four schedules, every five minutes'),
  scheduleGbSeconds: of(0.05, 'GB-s', 'assumed: 100 ms of 512 MB'),
  coldShare: of(0.05, 'of the queries', 'assumed'),
  coldGets: of(78, 'GETs', `${MEASURED}, cold, hybrid`),
  coldSeconds: of(1.2, 's', `${MEASURED}, cold: 0.25 s, and an assumed start of 0.95 s`),
  warmGets: of(4, 'GETs', 'docs/search.md: HEAD, the tail and passages'),
  warmSeconds: of(0.08, 's', 'assumed: embedding, 25 ms a request to S3, the search itself'),
  queryGb: of(1.769, 'GB', 'services/query/serverless.yml'),
  tableReadsPerQuery: of(2, 'reads', 'assumed: the key, the collection'),
  logBytesPerInvocation: of(500, 'bytes', 'assumed'),
} satisfies Record<string, Coefficient>;

/** The coefficients as plain numbers. */
export type Usage = { [name in keyof typeof USAGE]: number };

/** {@link USAGE} as plain numbers. */
export const usage = (): Usage =>
  Object.fromEntries(Object.entries(USAGE).map(([name, { value }]) => [name, value])) as Usage;
