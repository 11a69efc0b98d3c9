import { makeEvent, operationCompletedV1, operationRequestedV1 } from '@alluvium/contracts';
import { delivered, testContext } from '@alluvium/testkit';
import { makeHandler as onHttp } from '../../src/handlers/http.ts';
import { makeHandler as onOperation } from '../../src/handlers/on-operation-requested.ts';
import type { World } from './world.ts';

/** What the authorizer tells of a key that is good for everything. */
const ADMIN = { keyId: 'test', scopes: 'admin' };

/** Calls the HTTP API as API Gateway does. */
export const call = async (
  { deps, key = ADMIN }: { deps: World['deps']; key?: object },
  method: string,
  target: string,
  body?: unknown,
): Promise<{ status: number; body: unknown }> => {
  const [path = '', query = ''] = target.split('?');
  const event = {
    ...{ version: '2.0', routeKey: `${method} ${path}`, rawPath: path, rawQueryString: query },
    headers: { 'content-type': 'application/json' },
    requestContext: {
      ...{ http: { method, path }, domainName: 'localhost', stage: '$default', requestId: 'r' },
      // As the authorizer hands it on.
      authorizer: { lambda: key },
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    isBase64Encoded: false,
  };
  const answer = (await onHttp(deps)(event as never, testContext())) as {
    statusCode: number;
    body?: string;
  };
  return { status: answer.statusCode, body: answer.body ? (JSON.parse(answer.body) as unknown) : undefined };
};

/** Asks for an operation; gives the answer. */
export const ask = async (
  world: World,
  operation: string,
  args: object,
  reason?: string,
): Promise<unknown> => {
  const { origin } = world.runtime;
  const operationId = origin.newEventId();
  const data = { operationId, target: 'ingest', operation, args, requestedBy: 'admin' };
  const asked = reason === undefined ? data : { ...data, reason };
  const event = makeEvent(operationRequestedV1, asked, { correlationId: operationId }, origin);
  await onOperation(world.deps)(delivered(event), testContext());
  return world.bus.dataOf(operationCompletedV1).at(-1);
};
