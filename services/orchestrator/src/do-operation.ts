import { operationRoute, requiredArg, type Operation } from '@alluvium/lambda-kit';
import { cancelRun } from './cancel-run.ts';
import type { OrchestratorDeps } from './ports.ts';

/** What operators may ask of the orchestrator, by name. */
const operationsOf = (deps: OrchestratorDeps): Record<string, Operation> => ({
  'cancel-run': async (_, request) => {
    const runId = requiredArg(request, 'runId');
    await cancelRun(deps, { runId, reason: request.reason });
    return { summary: `The run ${runId} is cancelled.` };
  },
});

/** Does operations whose target is the orchestrator, and answers. */
export const ownOperations = (deps: OrchestratorDeps) =>
  operationRoute({
    ...{ runtime: deps.runtime, bus: deps.bus, idempotency: deps.operationOutcomes },
    ...{ target: 'orchestrator', operations: operationsOf(deps) },
  });
