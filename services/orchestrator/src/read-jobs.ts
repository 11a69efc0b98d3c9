import {
  chatAnswerV1,
  hasCode,
  PipelineError,
  rejectV1,
  type JobsV1,
  type JobV1,
  type PointerV1,
  type RejectV1,
} from '@alluvium/contracts';
import { reportOf, summaryOf } from './domain/job.ts';
import { cursorAfter, parseCursor, parseLimit } from './domain/requests.ts';
import type { OrchestratorDeps } from './ports.ts';

/** A job lists that many records that were left out; its totals count all. */
const MAX_REJECTS = 1000;

const readRejects = async (
  { objects }: Pick<OrchestratorDeps, 'objects'>,
  pointers: readonly PointerV1[],
): Promise<RejectV1[]> => {
  const rejects: RejectV1[] = [];
  for (const pointer of pointers) {
    if (rejects.length >= MAX_REJECTS) break;
    try {
      rejects.push(...(await objects.readRecords(rejectV1, pointer)));
    } catch (error) {
      // The list may be erased or expire before the job does.
      if (!hasCode(error, 'OBJECT_MISSING')) throw error;
    }
  }
  return rejects.slice(0, MAX_REJECTS);
};

const LINK_SECONDS = 900;

// The link is good for as long as this function's credentials are, fifteen minutes at most.
const readResult = async (
  { objects, presigner, runtime }: OrchestratorDeps,
  result: PointerV1,
): Promise<Pick<JobV1, 'answer' | 'artifacts'>> => {
  try {
    const answer = await objects.readDocument(chatAnswerV1, result);
    const url = await presigner.download(result.key, LINK_SECONDS);
    const expiresAt = new Date(runtime.origin.nowMs() + LINK_SECONDS * 1000).toISOString();
    return { answer, artifacts: [{ name: result.key.replace(/^.*\//, ''), url, expiresAt }] };
  } catch (error) {
    // The answer may be erased before the job is forgotten.
    if (!hasCode(error, 'OBJECT_MISSING')) throw error;
    return {};
  }
};

/** Everything about a job. Errors: JOB_NOT_FOUND. */
export const readJob = async (deps: OrchestratorDeps, jobId: string): Promise<JobV1> => {
  const found = await deps.jobs.find(jobId);
  if (found === undefined) {
    throw new PipelineError(`There is no job "${jobId.slice(0, 100)}". GET /jobs lists the newest.`, {
      code: 'JOB_NOT_FOUND',
      kind: 'invalid',
    });
  }
  const { job } = found;
  const run = { runId: jobId, attempt: job.attempt };
  const [buckets, failures, pointers] = await Promise.all([
    deps.progress.buckets(run),
    deps.progress.failures(run),
    deps.progress.rejects(run),
  ]);
  const report = reportOf(job, buckets, { failures, rejects: await readRejects(deps, pointers) });
  return job.result === undefined ? report : { ...report, ...(await readResult(deps, job.result)) };
};

/** One page of jobs, the newest first. Errors: LIMIT_INVALID, CURSOR_INVALID. */
export const readJobs = async (
  { jobs }: Pick<OrchestratorDeps, 'jobs'>,
  parameters: { limit: string | undefined; cursor: string | undefined },
): Promise<JobsV1> => {
  const page = await jobs.newest(parseLimit(parameters.limit), parseCursor(parameters.cursor));
  return {
    jobs: page.jobs.map(summaryOf),
    ...(page.last === undefined ? {} : { cursor: cursorAfter(page.last) }),
  };
};
