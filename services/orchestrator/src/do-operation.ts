import { operationRoute, requiredArg, type Operation } from '@alluvium/lambda-kit';
import { cancelRun } from './cancel-run.ts';
import type { OrchestratorDeps } from './ports.ts';
import { replayRun } from './replay-run.ts';

/** What operators may ask of the orchestrator, by name. */
const operationsOf = (deps: OrchestratorDeps): Record<string, Operation> => ({
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
});

/** Does operations whose target is the orchestrator, and answers. */
export const ownOperations = (deps: OrchestratorDeps) =>
  operationRoute({
    ...{ runtime: deps.runtime, bus: deps.bus, idempotency: deps.operationOutcomes },
    ...{ target: 'orchestrator', operations: operationsOf(deps) },
  });
