import { PipelineError } from '@alluvium/contracts';
import { changeJob } from './change-job.ts';
import { endJob } from './end-job.ts';
import type { OrchestratorDeps } from './ports.ts';

const refuse = (code: string, message: string): PipelineError =>
  new PipelineError(message, { code, kind: 'invalid' });

/**
 * Ends a run: what is on its way may still reach the index, and changes the job no more. A run that is cancelled
 * already stays so. Errors: JOB_NOT_FOUND, JOB_ENDED.
 */
export const cancelRun = (
  deps: OrchestratorDeps,
  { runId, reason }: { runId: string; reason: string | undefined },
): Promise<void> =>
  changeJob(deps, runId, async (job) => {
    if (job === undefined) throw refuse('JOB_NOT_FOUND', `There is no run "${runId}".`);
    if (job.outcome === 'cancelled') return undefined;
    if (job.outcome !== undefined) {
      throw refuse('JOB_ENDED', `The run ${runId} is ${job.outcome}: nothing is left to cancel.`);
    }
    const message = reason === undefined ? 'Cancelled by an operator.' : `Cancelled: ${reason}`;
    return endJob(deps, job, { outcome: 'cancelled', error: { code: 'RUN_CANCELLED', message } });
  });
