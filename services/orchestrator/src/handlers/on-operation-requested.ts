import { answerOperations } from '@alluvium/lambda-kit';
import { operationsOf } from '../operations.ts';
import type { OrchestratorDeps } from '../ports.ts';
import { wire } from '../wiring.ts';

export const makeHandler = (deps: OrchestratorDeps) =>
  answerOperations({
    ...{ runtime: deps.runtime, bus: deps.bus, idempotency: deps.operationOutcomes },
    ...{ target: 'orchestrator', operations: operationsOf(deps) },
  });

export const handler = makeHandler(wire());
