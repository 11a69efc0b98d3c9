import { appliedPartsV1, assertReadable } from '@alluvium/contracts';
import { readObject } from '@alluvium/vector-store';
import { findDocument } from './collection-documents.ts';
import type { Job } from './domain/job.ts';
import { bucketOf } from './domain/stages.ts';
import type { OrchestratorDeps } from './ports.ts';

const PUBLISHED = 'published/';

const appliedSince = async (
  { store }: Pick<OrchestratorDeps, 'store'>,
  indexPath: string,
  { jobId, startedAt = '' }: Job,
): Promise<Set<number>> => {
  const parts = new Set<number>();
  for await (const { key, lastModified } of store.list(`${indexPath}${PUBLISHED}`)) {
    if (!key.endsWith('.json') || lastModified.toISOString() < startedAt) continue;
    const object = await readObject(store, key);
    if (object === undefined) continue;
    const document: unknown = JSON.parse(Buffer.from(object.body).toString('utf8'));
    // Beside the lists of what was applied lie those of what was reverted.
    if (key.includes('-reverted')) continue;
    for (const { runId, part } of assertReadable(appliedPartsV1, document).parts)
      if (runId === jobId) parts.add(part);
  }
  return parts;
};

/**
 * Closes the parts of a run that the lists beside its index say are applied, of whatever attempt: the event that said so
 * was lost.
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
