import { describe, expect, it } from '@jest/globals';
import { PipelineError } from '@alluvium/contracts';
import { httpHandler } from '@alluvium/lambda-kit';
import { testContext, testRuntime } from '@alluvium/testkit';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

const request = (method: string, path: string, body?: string): APIGatewayProxyEventV2 =>
  ({
    version: '2.0',
    routeKey: '$default',
    rawPath: path,
    rawQueryString: '',
    headers: { 'content-type': 'application/json' },
    requestContext: { http: { method, path }, domainName: 'localhost', stage: '$default', requestId: 'r' },
    isBase64Encoded: false,
    ...(body === undefined ? {} : { body }),
  }) as unknown as APIGatewayProxyEventV2;

const handler = httpHandler(testRuntime('query'), (router) => {
  router.get('/missing', () => {
    throw new PipelineError('There is no collection "docz".', {
      code: 'COLLECTION_NOT_FOUND',
      kind: 'invalid',
    });
  });
  router.get('/broken', () => {
    throw new Error('password=hunter2');
  });
  router.get('/busy', () => {
    throw new PipelineError('Try again later.', { code: 'BUSY', kind: 'unavailable' });
  });
  router.post('/echo', async ({ req }) => (await req.json()) as never);
});

const call = async (event: APIGatewayProxyEventV2) => {
  const answer = (await handler(event, testContext())) as APIGatewayProxyStructuredResultV2;
  return {
    status: answer.statusCode,
    type: answer.headers?.['content-type'],
    body: JSON.parse(answer.body ?? '{}') as unknown,
  };
};

describe('the HTTP handler', () => {
  it('tells a failure as problem+json with a stable code', async () => {
    expect(await call(request('GET', '/missing'))).toMatchObject({
      status: 404,
      type: 'application/problem+json',
      body: { status: 404, code: 'COLLECTION_NOT_FOUND', detail: 'There is no collection "docz".' },
    });
  });

  it('keeps the inside of a defect to itself', async () => {
    const { status, body } = await call(request('GET', '/broken'));
    expect([status, (body as { code: string }).code]).toEqual([500, 'INTERNAL']);
    expect(JSON.stringify(body)).not.toContain('hunter2');
  });

  it('answers 503 when a later try may succeed', async () => {
    expect(await call(request('GET', '/busy'))).toMatchObject({ status: 503, body: { code: 'BUSY' } });
  });

  it('answers 404 for a route that does not exist', async () => {
    expect(await call(request('GET', '/nowhere'))).toMatchObject({
      status: 404,
      body: { code: 'ROUTE_NOT_FOUND' },
    });
  });

  it('answers 400 for a body that is not JSON', async () => {
    expect(await call(request('POST', '/echo', '{"a":'))).toMatchObject({
      status: 400,
      body: { code: 'BODY_INVALID' },
    });
  });
});
