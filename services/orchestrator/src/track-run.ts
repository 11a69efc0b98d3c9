import {
  appliedPartsV1,
  type AppliedPartsV1,
  type ChunksCreatedV1,
  type DeltaCreatedV1,
  type DeltaRejectedV1,
  type DocumentsDerivedV1,
  type DocumentsFetchedV1,
  type EmbeddingBatchSubmittedV1,
  type IngestionContinuedV1,
  type PartFailedV1,
  type RunSealedV1,
  type RunStartedV1,
  type SnapshotPublishedV1,
} from '@alluvium/contracts';
import { changeJob } from './change-job.ts';
import { activateIndex, createCollection } from './collections.ts';
import { countsFor } from './counts-for.ts';
import { addFacts, type JobFacts } from './domain/job.ts';
import { bucketOf, stagesLost, type Stage } from './domain/stages.ts';
import type { OrchestratorDeps, RunRef, StageChange } from './ports.ts';
import { settleRun } from './settle-run.ts';

const nowOf = ({ runtime }: OrchestratorDeps): string => new Date(runtime.origin.nowMs()).toISOString();

/** Adds what is known of a run as a whole; an older attempt than the one under way changes nothing. */
export const learn = (
  deps: OrchestratorDeps,
  { runId, attempt, collection }: RunRef & { collection: string },
  facts: JobFacts,
): Promise<void> =>
  changeJob(deps, runId, (job) => {
    const next = addFacts(job, { jobId: runId, attempt, collection }, facts, nowOf(deps));
    return Promise.resolve(next && { job: next });
  });

export const trackStarted = async (
  deps: OrchestratorDeps,
  { data, metadata }: RunStartedV1,
): Promise<void> => {
  await createCollection(deps, data.collection, metadata);
  await learn(deps, data, { source: data.source, startedAt: data.startedAt });
  await settleRun(deps, data, metadata);
};

export const trackContinued = (deps: OrchestratorDeps, { data }: IngestionContinuedV1): Promise<void> =>
  learn(deps, data, { reads: data.source, fence: data.fence });

export const trackSealed = async (deps: OrchestratorDeps, { data, metadata }: RunSealedV1): Promise<void> => {
  await learn(deps, data, { total: data.total });
  await settleRun(deps, data, metadata);
};

const closeStages = async (
  deps: OrchestratorDeps,
  { data, metadata }: { data: RunRef } & Pick<RunSealedV1, 'metadata'>,
  changes: StageChange[],
): Promise<void> => {
  const buckets = [];
  for (const change of changes) buckets.push(await deps.progress.close(data, change));
  await settleRun(deps, data, metadata, buckets);
};

export const trackFetched = (deps: OrchestratorDeps, event: DocumentsFetchedV1): Promise<void> =>
  closeStages(deps, event, [{ stage: 'fetched', parts: [event.data.part] }]);

const AFTER_DERIVED: Stage[] = ['chunked', 'durable', 'applied'];

export const trackDerived = async (deps: OrchestratorDeps, event: DocumentsDerivedV1): Promise<void> => {
  const { part, records: documents, unchanged, rejected, rejects } = event.data;
  // Before the part is closed: a job that is complete shows all that was left out.
  if (rejects !== undefined) await deps.progress.addRejects(event.data, part, rejects);
  // A part without changes goes no further.
  const ended = documents === 0 ? AFTER_DERIVED : [];
  await closeStages(deps, event, [
    { stage: 'derived', parts: [part], counters: { documents, unchanged, rejected } },
    ...ended.map((stage): StageChange => ({ stage, parts: [part] })),
  ]);
};

export const trackChunked = async (deps: OrchestratorDeps, event: ChunksCreatedV1): Promise<void> => {
  const { part, records: chunks } = event.data;
  if (!(await countsFor(deps, event.data))) return;
  await closeStages(deps, event, [{ stage: 'chunked', parts: [part], counters: { chunks } }]);
};

export const trackDurable = async (deps: OrchestratorDeps, event: DeltaCreatedV1): Promise<void> => {
  if (!(await countsFor(deps, event.data))) return;
  await closeStages(deps, event, [{ stage: 'durable', parts: [event.data.part], counters: { deltas: 1 } }]);
};

/** Providers answer within a day, and are asked for two hours more whether they have. */
const BATCH_MS = 26 * 3600 * 1000;

/** A provider has the parts: until it must have answered, a run that does not move is at work. */
export const trackBatch = (deps: OrchestratorDeps, { data }: EmbeddingBatchSubmittedV1): Promise<void> =>
  changeJob(deps, data.runId, (job) => {
    if (job?.attempt !== data.attempt) return Promise.resolve(undefined);
    const waitsUntil = new Date(Date.parse(data.submittedAt) + BATCH_MS).toISOString();
    const isNews = waitsUntil > (job.waitsUntil ?? '');
    return Promise.resolve(isNews ? { job: { ...job, waitsUntil } } : undefined);
  });

/** Stages whose work is done for each index by itself. */
const STAGES_OF_AN_INDEX = ['chunk', 'embed', 'compact'];

// A failure in a candidate fails no run but its own. Chunk gives up for all indexes of a collection under its name.
const failsRun = async (
  deps: OrchestratorDeps,
  { runId, collection, stage }: Pick<PartFailedV1['data'], 'runId' | 'collection' | 'stage'>,
): Promise<boolean> => {
  if (!STAGES_OF_AN_INDEX.includes(stage)) return true;
  if (await countsFor(deps, { runId, collection })) return true;
  return stage === 'chunk' && (await deps.jobs.find(runId))?.job.collection === collection;
};

export const trackFailed = async (
  deps: OrchestratorDeps,
  { data, metadata }: Pick<PartFailedV1, 'data' | 'metadata'>,
): Promise<void> => {
  const { part, stage, error } = data;
  if (!(await failsRun(deps, data))) return;
  await deps.progress.addFailure(data, { part, stage, error });
  const buckets = [];
  for (const lost of stagesLost(stage)) buckets.push(await deps.progress.fail(data, lost, part));
  if (stage === 'fetch') await learn(deps, data, { crawlFailed: true });
  await settleRun(deps, data, metadata, buckets);
};

export const trackRejected = (
  deps: OrchestratorDeps,
  { data, metadata }: Pick<DeltaRejectedV1, 'data' | 'metadata'>,
): Promise<void> => trackFailed(deps, { data: { ...data, stage: 'compact' }, metadata });

interface AppliedGroup {
  run: RunRef;
  change: StageChange;
}

const groupByBucket = (parts: AppliedPartsV1['parts']): AppliedGroup[] => {
  const groups = new Map<string, AppliedGroup>();
  for (const { runId, attempt, part } of parts) {
    const key = `${runId}#${attempt}#${bucketOf(part)}`;
    const group = groups.get(key);
    if (group !== undefined) group.change.parts.push(part);
    else groups.set(key, { run: { runId, attempt }, change: { stage: 'applied', parts: [part] } });
  }
  return [...groups.values()];
};

export const trackPublished = async (
  deps: OrchestratorDeps,
  { data, metadata }: SnapshotPublishedV1,
): Promise<void> => {
  await activateIndex(deps, data.collection, data.index, metadata);
  // A publish of another kind applies no delta.
  if (data.kind !== 'commit') return;
  const { parts } = await deps.objects.readDocument(appliedPartsV1, data.applied);
  for (const { run, change } of groupByBucket(parts)) {
    if (!(await countsFor(deps, { runId: run.runId, collection: data.collection }))) continue;
    await closeStages(deps, { data: run, metadata }, [change]);
  }
};
