import {
  appliedPartsV1,
  chunksCreatedV1,
  deltaCreatedV1,
  documentsDerivedV1,
  documentsFetchedV1,
  embeddingBatchSubmittedV1,
  ingestionContinuedV1,
  makeEvent,
  operationRequestedV1,
  partFailedV1,
  rejectV1,
  runSealedV1,
  runStartedV1,
  snapshotPublishedV1,
  type AppliedPartsV1,
  type OutgoingEvent,
} from '@alluvium/contracts';
import {
  delivered,
  memoryIdempotency,
  memoryObjects,
  recordingBus,
  sqsEvent,
  testContext,
  testRuntime,
} from '@alluvium/testkit';
import { memoryObjectStore } from '@alluvium/vector-store';
import { makeHandler as makeOperationHandler } from '../../src/handlers/on-operation-requested.ts';
import { makeHandler } from '../../src/handlers/on-stage-event.ts';
import type { OrchestratorDeps } from '../../src/ports.ts';
import { memoryJobs, memoryProgress } from './memory-stores.ts';

export const RUN_ID = 'r'.repeat(26);
export const STARTED_AT = '2026-03-01T11:59:00.000Z';
export const INDEX = {
  path: 'indexes/docs/model=m@0123456789ab/dims=384/',
  modelId: 'm@0123456789ab',
  dims: 384,
};
const PART_FIELDS = { collection: 'docs' };

/** An orchestrator without AWS. */
export const makeWorld = () => {
  const runtime = testRuntime('orchestrator');
  const bus = recordingBus(runtime.origin);
  const objects = memoryObjects();
  const { jobs, operations, sessions, outbox, kept } = memoryJobs();
  const deps: OrchestratorDeps = {
    ...{ runtime, bus, objects, jobs, operations, sessions, outbox },
    store: memoryObjectStore(),
    progress: memoryProgress(),
    chatModel: undefined,
    pause: async () => undefined,
    presigner: {
      download: async (key, expiresSeconds) => `https://s3.test/${key}?expires=${expiresSeconds}`,
      upload: async (limits) => ({ url: 'https://s3.test/', fields: { policy: JSON.stringify(limits) } }),
    },
    idempotency: memoryIdempotency(),
    operationOutcomes: memoryIdempotency(),
  };
  const handler = makeHandler(deps);
  const operate = makeOperationHandler(deps);
  const deliver = async (...events: OutgoingEvent[]) => {
    const isOperation = ({ detailType }: OutgoingEvent): boolean => detailType === operationRequestedV1.name;
    for (const event of events.filter(isOperation)) await operate(delivered(event), testContext());
    const tracked = events.filter((event) => !isOperation(event));
    const answer = await handler(sqsEvent(tracked.map(delivered)), testContext());
    return answer.batchItemFailures.length;
  };
  return { deps, runtime, bus, objects, kept, deliver };
};

export type World = ReturnType<typeof makeWorld>;

/** Builds the events of one attempt of a run. */
export const eventsOf = ({ runtime, objects }: World, attempt = 1, runId = RUN_ID) => {
  const { origin } = runtime;
  const cause = { correlationId: runId };
  const run = { runId, attempt, ...PART_FIELDS };
  const pointer = (contentSchema: string, key: string) =>
    objects.pointTo(contentSchema, key, Buffer.from(key));
  return {
    started: () =>
      makeEvent(
        runStartedV1,
        { ...run, source: 'files', connector: 'files', fence: 1, startedAt: STARTED_AT },
        cause,
        origin,
      ),
    continued: () =>
      makeEvent(
        ingestionContinuedV1,
        {
          ...{ ...run, fence: 1, startedAt: STARTED_AT, cursor: { part: 0, file: 0, record: 0 } },
          source: {
            ...{ name: 'files', connector: 'files' },
            manifest: pointer('upload-manifest.v1', 'inbox/docs/u1/_upload.json'),
          },
        },
        cause,
        origin,
      ),
    sealed: (total: number) =>
      makeEvent(runSealedV1, { ...run, total, manifest: pointer('run-manifest.v1', 'm') }, cause, origin),
    fetched: (part: number) => {
      const raw = pointer('raw-record.v1', `raw/${part}`);
      return makeEvent(
        documentsFetchedV1,
        { ...run, part, source: 'files', fence: 1, records: 3, raw },
        cause,
        origin,
      );
    },
    derived: async (part: number, records: number, rejectedPaths: string[] = []) => {
      const error = { code: 'NOT_UTF8', message: 'not valid UTF-8' };
      const rejects = rejectedPaths.map((path) => ({ path, error }));
      const data = { ...run, part, source: 'files', records, unchanged: 1, rejected: rejects.length };
      const pointers = {
        ...(records > 0 && { derived: pointer('derived-document.v1', `derived/${part}`) }),
        ...(rejects.length > 0 && {
          rejects: await objects.writeRecords(rejectV1, `derived/rejects/${runId}/${part}`, rejects),
        }),
      };
      return makeEvent(documentsDerivedV1, { ...data, ...pointers }, cause, origin);
    },
    chunked: (part: number) => {
      const chunks = pointer('chunked-document.v1', `chunks/${part}`);
      return makeEvent(chunksCreatedV1, { ...run, part, records: 10, documents: 2, chunks }, cause, origin);
    },
    batched: (part: number) =>
      makeEvent(
        embeddingBatchSubmittedV1,
        {
          ...{
            ...run,
            batchId: 'b'.repeat(26),
            provider: 'openai',
            parts: [part],
            index: INDEX,
            records: 10,
          },
          ...{ providerBatchId: 'batch_1', submittedAt: new Date(origin.nowMs()).toISOString() },
          input: pointer('embedding-input.v1', `batches/${part}`),
        },
        cause,
        origin,
      ),
    durable: (part: number) => {
      const delta = pointer('delta.v1', `delta/${part}`);
      const data = { ...run, part, deltaId: 'd'.repeat(26), index: INDEX, documents: 2, records: 10, delta };
      return makeEvent(deltaCreatedV1, data, cause, origin);
    },
    published: async (version: number, parts: number[], kind = 'commit') => {
      const applied: AppliedPartsV1 = {
        collection: 'docs',
        parts: parts.map((part) => ({ runId, attempt, part, deltaId: 'd'.repeat(26) })),
      };
      const key = `${INDEX.path}published/${runId}-${version}.json`;
      const data = {
        ...{ collection: 'docs', index: INDEX, version, publishId: origin.newEventId(), fence: 1, kind },
        publishedAt: STARTED_AT,
        counts: { documents: 2, chunks: 10 },
        applied: await objects.writeDocument(appliedPartsV1, key, applied),
      };
      return makeEvent(snapshotPublishedV1, data, { correlationId: `compaction-${version}` }, origin);
    },
    failed: (part: number, stage: string) => {
      const error = { code: 'TEXT_BAD', message: 'cannot be read' };
      return makeEvent(partFailedV1, { ...run, part, stage, error }, cause, origin);
    },
  };
};
