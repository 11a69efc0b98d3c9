import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { assertCollection, httpHandler, type Access, type HttpHandler } from '@alluvium/lambda-kit';
import { testContext, testRuntime, type TestRuntime } from '@alluvium/testkit';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

const ACCESS: Access = {
  needs: ({ method }) => (method === 'GET' ? 'read' : method === 'POST' ? 'write' : 'admin'),
  checksCollection: ({ path }) => path.startsWith('/search/'),
};

let runtime: TestRuntime;
let handler: HttpHandler;

beforeEach(() => {
  runtime = testRuntime('query');
  handler = httpHandler(
    runtime,
    (router) => {
      router.get('/search/:collection', ({ event, params }) => {
        assertCollection(event, params['collection'] ?? '');
        return { found: true };
      });
      for (const method of ['get', 'post', 'delete'] as const) router[method]('/all', () => ({ done: true }));
    },
    ACCESS,
  );
});

type Lambda = Record<string, string>;

const call = async (method: string, path: string, lambda?: Lambda) => {
  const event = {
    ...{ version: '2.0', routeKey: '$default', rawPath: path, rawQueryString: '', headers: {} },
    requestContext: {
      http: { method, path },
      ...{ domainName: 'localhost', stage: '$default', requestId: 'r' },
      ...(lambda && { authorizer: { lambda } }),
    },
    isBase64Encoded: false,
  } as unknown as APIGatewayProxyEventV2;
  const answer = (await handler(event, testContext())) as APIGatewayProxyStructuredResultV2;
  return { ...answer, body: JSON.parse(answer.body ?? '{}') as Record<string, unknown> };
};

describe('a guarded route', () => {
  it.each([
    ['GET', 'read', 200],
    ['GET', 'write', 200],
    ['GET', 'admin', 200],
    ['POST', 'read', 403],
    ['POST', 'write', 200],
    ['DELETE', 'write', 403],
    ['DELETE', 'read admin', 200],
    ['GET', '', 403],
    ['GET', 'none', 403],
  ])('answers %s to the scopes "%s" with %i', async (method, scopes, status) => {
    expect((await call(method, '/all', { keyId: 'k', scopes })).statusCode).toBe(status);
  });

  it('names the scope that is missing', async () => {
    expect((await call('POST', '/all', { keyId: 'k', scopes: 'read' })).body).toMatchObject({
      ...{ status: 403, code: 'SCOPE_MISSING', title: 'Forbidden' },
      detail: 'This needs a key with the scope write; k has read.',
    });
  });

  it('refuses what came past the authorizer', async () => {
    expect((await call('GET', '/all')).body).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
  });

  it('keeps a key to its collections, and away from what is about all of them', async () => {
    const lambda = { keyId: 'k', scopes: 'admin', collections: 'docs notes' };
    expect((await call('GET', '/search/notes', lambda)).statusCode).toBe(200);
    for (const path of ['/search/other', '/all'])
      expect((await call('GET', path, lambda)).body).toMatchObject({
        ...{ status: 403, code: 'COLLECTION_FORBIDDEN', detail: expect.stringContaining('docs, notes only') },
      });
  });

  it('lets a key through as often as its bucket has tokens, and says when to come again', async () => {
    const lambda = { keyId: 'k', scopes: 'read', ratePerSecond: '0.5', burst: '2' };
    const statuses = async (times: number): Promise<(number | undefined)[]> => {
      const all: (number | undefined)[] = [];
      for (let time = 0; time < times; time += 1) all.push((await call('GET', '/all', lambda)).statusCode);
      return all;
    };
    expect(await statuses(3)).toEqual([200, 200, 429]);
    const refused = await call('GET', '/all', lambda);
    expect([refused.headers?.['retry-after'], refused.body['code']]).toEqual(['2', 'TOO_MANY_REQUESTS']);
    expect((await call('GET', '/all', { ...lambda, keyId: 'other' })).statusCode).toBe(200);
    runtime.advance(2000);
    expect(await statuses(2)).toEqual([200, 429]);
    runtime.advance(3_600_000);
    expect(await statuses(3)).toEqual([200, 200, 429]);
  });
});

describe('an answer that takes too long', () => {
  it('is a problem that says so, before the function ends', async () => {
    const slow = httpHandler(runtime, (router) => {
      router.get('/slow', async () => {
        await sleep(1000, undefined, { ref: false });
        return {};
      });
    });
    const event = {
      ...{ version: '2.0', routeKey: '$default', rawPath: '/slow', rawQueryString: '', headers: {} },
      requestContext: { http: { method: 'GET', path: '/slow' }, domainName: 'localhost', stage: '$default' },
      isBase64Encoded: false,
    } as unknown as APIGatewayProxyEventV2;
    const context = { ...testContext(), getRemainingTimeInMillis: () => 510 };
    expect(await slow(event, context)).toMatchObject({
      ...{ statusCode: 503, body: expect.stringContaining('DEADLINE_EXCEEDED') },
    });
  });
});
