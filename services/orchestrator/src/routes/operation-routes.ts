import { parseOperationRequest, type CheckedOperation } from '../domain/operations.ts';
import { requestedByOf } from '../domain/requested-by.ts';
import { headerKeyOf } from '../domain/requests.ts';
import { oncePerRequest } from '../once-per-request.ts';
import type { OrchestratorDeps } from '../ports.ts';
import { readOperation, requestOperation } from '../request-operation.ts';
import { json } from './json.ts';
import type { Router } from './router.ts';

/** POST /operations, GET /operations/{operationId}. */
export const operationRoutes = (router: Router, deps: OrchestratorDeps): void => {
  const requestOnce = oncePerRequest(
    deps.idempotency,
    ({ requestedBy, ...operation }: CheckedOperation & { requestedBy: string }) =>
      requestOperation(deps, operation, requestedBy),
  );
  router.post('/operations', async ({ req, context, event }) => {
    const body = { ...parseOperationRequest(await req.json()), requestedBy: requestedByOf(event) };
    const key = headerKeyOf(req.headers.get('idempotency-key'));
    return json(202, await requestOnce({ key: key && `operations ${key}`, body }, context));
  });
  router.get('/operations/:operationId', async ({ params }) =>
    json(200, await readOperation(deps, params['operationId'] ?? '')),
  );
};
