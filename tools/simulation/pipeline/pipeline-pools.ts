import '../environment.ts';
import type { QueueHandler } from '@alluvium/lambda-kit';
import { makeHandler as onDocumentsDerived } from '../../../services/chunk/src/handlers/on-documents-derived.ts';
import { makeHandler as onDocumentsFetched } from '../../../services/ingest/src/handlers/on-documents-fetched.ts';
import { makeHandler as onIngestionContinued } from '../../../services/ingest/src/handlers/on-ingestion-continued.ts';
import { makeHandler as onPartSettled } from '../../../services/ingest/src/handlers/on-part-settled.ts';
import { makeHandler as onStageEvent } from '../../../services/orchestrator/src/handlers/on-stage-event.ts';
import type { PoolPlans } from '../actors/pools.ts';
import type { Services } from '../services.ts';
import type { PipelineObserver } from './pipeline-observer.ts';
import { onChunksCreated } from './embedder.ts';
import { chunkDeps, ingestDeps, orchestratorDeps } from './pipeline-process.ts';
import type { ChangingSource } from './source.ts';

type EventHandler = ReturnType<typeof onPartSettled>;

// A rule invokes the function itself; Lambda tries again what failed, as a queue does.
const fromQueue =
  (handle: EventHandler): QueueHandler =>
  async ({ Records }, context) => {
    const failed: string[] = [];
    // The middleware would set a timer of the real world by the time that is left.
    const timeless = { ...context, getRemainingTimeInMillis: undefined } as unknown as typeof context;
    for (const { body, messageId } of Records)
      await handle(JSON.parse(body) as Parameters<EventHandler>[0], timeless).catch(() =>
        failed.push(messageId),
      );
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
  };

/** The functions that take a source to vectors, and what keeps the books of it. */
export const pipelinePools = (
  services: Services,
  source: ChangingSource,
  observer: PipelineObserver,
): PoolPlans => ({
  crawls: {
    name: 'crawler',
    environments: 2,
    makeHandler: (process) => onIngestionContinued(ingestDeps(process, services, source)),
  },
  fetched: {
    name: 'deriver',
    environments: 2,
    makeHandler: (process) => onDocumentsFetched(ingestDeps(process, services, source)),
  },
  derived: {
    name: 'chunker',
    environments: 1,
    makeHandler: (process) => onDocumentsDerived(chunkDeps(process, services)),
  },
  chunked: {
    name: 'embedder',
    environments: 1,
    makeHandler: (process) => onChunksCreated(process, services),
  },
  fates: {
    name: 'fates',
    environments: 2,
    makeHandler: (process) => fromQueue(onPartSettled(ingestDeps(process, services, source))),
    acknowledged: (body) => observer.fateHeard(body),
  },
  stages: {
    name: 'tracker',
    environments: 3,
    makeHandler: (process) => onStageEvent(orchestratorDeps(process, services)),
  },
});
