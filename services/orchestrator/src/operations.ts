import { requiredArg, type Operation } from '@alluvium/lambda-kit';
import { buildCandidate } from './build-candidate.ts';
import { cancelRun } from './cancel-run.ts';
import type { OrchestratorDeps } from './ports.ts';
import { replayRun } from './replay-run.ts';

/** What operators may ask of the orchestrator, by name. */
export const operationsOf = (deps: OrchestratorDeps): Record<string, Operation> => ({
  'cancel-run': async (_, request) => {
    const runId = requiredArg(request, 'runId');
    await cancelRun(deps, { runId, reason: request.reason });
    return { summary: `The run ${runId} is cancelled.` };
  },
  'replay-run': async (_, request) => {
    const runId = requiredArg(request, 'runId');
    const attempt = await replayRun(deps, { runId, operationId: request.operationId });
    return { summary: `Attempt ${attempt} of the run ${runId} was requested.` };
  },
  'build-candidate': async (_, request) => {
    const candidate = requiredArg(request, 'collection');
    const { operationId } = request;
    const { runId, parts } = await buildCandidate(deps, { candidate, operationId });
    return { summary: `The run ${runId} builds ${candidate} of ${parts} parts.` };
  },
});
