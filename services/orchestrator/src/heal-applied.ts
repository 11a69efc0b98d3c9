import { appliedPartsV1, assertReadable } from '@alluvium/contracts';
import { readObject, readReverted } from '@alluvium/vector-store';
import { findDocument } from './collection-documents.ts';
import type { Job } from './domain/job.ts';
import { bucketOf } from './domain/stages.ts';
import type { OrchestratorDeps } from './ports.ts';

const PUBLISHED = 'published/';

// What a rollback took out was applied, and is not there.
const revertedParts = async (
  store: OrchestratorDeps['store'],
  indexPath: string,
  jobId: string,
): Promise<Set<number>> => {
  const runs = (await readReverted(store, indexPath))?.reverted ?? [];
  const own = runs.filter(({ runId }) => runId === jobId);
  return new Set(own.flatMap(({ parts }) => parts.map(({ part }) => part)));
};

const appliedSince = async (
  { store }: Pick<OrchestratorDeps, 'store'>,
  indexPath: string,
  { jobId, startedAt = '' }: Job,
): Promise<Set<number>> => {
  const parts = new Set<number>();
  const isOut = await revertedParts(store, indexPath, jobId);
  for await (const { key, lastModified } of store.list(`${indexPath}${PUBLISHED}`)) {
    if (!key.endsWith('.json') || lastModified.toISOString() < startedAt) continue;
    const object = await readObject(store, key);
    if (object === undefined) continue;
    const document: unknown = JSON.parse(Buffer.from(object.body).toString('utf8'));
    for (const { runId, part } of assertReadable(appliedPartsV1, document).parts)
      if (runId === jobId && !isOut.has(part)) parts.add(part);
  }
  return parts;
};

/**
 * Closes the parts of a run that the lists beside its index say are applied, of whatever attempt: the event that said so
 * was lost, or told of an earlier attempt, whose deltas are not applied twice.
 */
export const healApplied = async (deps: OrchestratorDeps, job: Job): Promise<void> => {
  const active = (await findDocument(deps, job.collection))?.active;
  if (active === undefined) return;
  const parts = await appliedSince(deps, active.path, job);
  const run = { runId: job.jobId, attempt: job.attempt };
  const byBucket = Map.groupBy(parts, bucketOf);
  for (const [first, ...rest] of byBucket.values()) {
    if (first !== undefined) await deps.progress.close(run, { stage: 'applied', parts: [first, ...rest] });
  }
};
