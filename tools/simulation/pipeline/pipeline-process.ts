import '../environment.ts';
import { hashId, PipelineError, sha256Hex, type SourceV1 } from '@alluvium/contracts';
import { s3Objects } from '@alluvium/lambda-kit';
import { memoryIdempotency } from '@alluvium/testkit';
import type { DynamoDbServer, VirtualProcess } from '@alluvium/testkit/simulation';
import { leases, leaseTable, s3ObjectStore } from '@alluvium/vector-store';
import type { ChunkDeps } from '../../../services/chunk/src/ports.ts';
import { dynamoDbCheckpoints } from '../../../services/ingest/src/adapters/checkpoints-dynamodb.ts';
import { dynamoDbControls } from '../../../services/ingest/src/adapters/controls-dynamodb.ts';
import { dynamoDbGenerations } from '../../../services/ingest/src/adapters/generations-dynamodb.ts';
import { dynamoDbRuns } from '../../../services/ingest/src/adapters/runs-dynamodb.ts';
import { PART_LIMITS } from '../../../services/ingest/src/domain/cut-parts.ts';
import type { IngestDeps } from '../../../services/ingest/src/ports.ts';
import { dynamoDbJobs } from '../../../services/orchestrator/src/adapters/jobs-dynamodb.ts';
import { dynamoDbOperations } from '../../../services/orchestrator/src/adapters/operations-dynamodb.ts';
import { dynamoDbOutbox } from '../../../services/orchestrator/src/adapters/outbox-dynamodb.ts';
import { dynamoDbProgress } from '../../../services/orchestrator/src/adapters/progress-dynamodb.ts';
import type { OrchestratorDeps } from '../../../services/orchestrator/src/ports.ts';
import { processRuntime } from '../actors/process-runtime.ts';
import { BUCKET } from '../environment.ts';
import { MODEL } from '../plan.ts';
import type { Services } from '../services.ts';
import { CONNECTOR, UNEMBEDDABLE, type ChangingSource } from './source.ts';

/** What is crawled. */
export const COLLECTION = 'alpha';
export const SOURCE = 'site';
/** Its document, as its owner wrote it. */
export const SOURCE_DOCUMENT: SourceV1 = {
  collection: COLLECTION,
  name: SOURCE,
  connector: CONNECTOR,
  settings: {},
};

// Runs of a few documents have several parts here.
Object.assign(PART_LIMITS, { maxRecords: 2 });

// Nobody puts files there.
const inbox: IngestDeps['inbox'] = {
  open: () => Promise.resolve(undefined),
  list: () => Promise.resolve([]),
};

const tableOf = (process: VirtualProcess, { weather }: Services, server: DynamoDbServer, name: string) => ({
  client: server.clientOf(process, weather),
  tableName: name,
  nowMs: process.clock.nowMs,
});

/** Ingest's own wiring, but for the source. */
export const ingestDeps = (
  process: VirtualProcess,
  services: Services,
  source: ChangingSource,
): IngestDeps => {
  const { runtime, bus } = processRuntime(process, services, 'ingest');
  const table = tableOf(process, services, services.ingestTable, 'ingest');
  const random = services.random.fork(`source of ${process.name}`);
  const { weather } = services;
  return {
    ...{ runtime, bus, inbox },
    objects: s3Objects({ client: services.s3.clientOf(process, weather), bucket: BUCKET }),
    runs: dynamoDbRuns(table),
    checkpoints: dynamoDbCheckpoints(table),
    generations: dynamoDbGenerations(table),
    controls: dynamoDbControls(table),
    connect: () =>
      source.connectorOf(
        () => process.sleep(random.between(100, 20_000)),
        () => weather.isStormy() && random.chance(0.05),
      ),
    leases: leases({
      table: leaseTable(table),
      clock: process.clock,
      newId: () => runtime.origin.newEventId(),
      leaseMs: 10_000,
    }),
    pause: (delayMs) => process.sleep(delayMs),
  };
};

/** What the chunk service has. */
export const chunkDeps = (process: VirtualProcess, services: Services): ChunkDeps => ({
  ...processRuntime(process, services, 'chunk'),
  objects: s3Objects({ client: services.s3.clientOf(process, services.weather), bucket: BUCKET }),
});

const vectorOf = (passage: string): Float32Array => {
  if (!passage.includes(UNEMBEDDABLE))
    return Float32Array.from(
      { length: MODEL.dims },
      (_, index) => parseInt(sha256Hex(`${passage}${index}`).slice(0, 6), 16) - 8e6,
    );
  throw new PipelineError('The model does not take this passage', {
    code: 'PASSAGE_INVALID',
    kind: 'invalid',
  });
};

/** A model that turns text into numbers somehow. */
export const tinyModel = {
  ...{ stamp: MODEL.id, dims: MODEL.dims },
  embedPassages: (passages: readonly string[]): Float32Array[] => passages.map(vectorOf),
};

/** The orchestrator's own wiring, as far as it keeps the books: nobody asks it anything here. */
export const orchestratorDeps = (process: VirtualProcess, services: Services): OrchestratorDeps => {
  const table = tableOf(process, services, services.jobsTable, 'orchestrator');
  const client = services.s3.clientOf(process, services.weather);
  const books: Partial<OrchestratorDeps> = {
    ...processRuntime(process, services, 'orchestrator'),
    objects: s3Objects({ client, bucket: BUCKET }),
    store: s3ObjectStore({ client, bucket: BUCKET }),
    jobs: dynamoDbJobs(table),
    operations: dynamoDbOperations(table),
    outbox: dynamoDbOutbox(table),
    progress: dynamoDbProgress(table),
    idempotency: memoryIdempotency(),
    operationOutcomes: memoryIdempotency(),
  };
  return books as OrchestratorDeps;
};

/** Window of the crawl with this number. */
export const windowOf = (crawl: number): string => `w${crawl}-${hashId(crawl).slice(0, 4)}`;
