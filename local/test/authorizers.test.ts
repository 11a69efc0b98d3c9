import { request as httpRequest } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { AuthorizerEvent } from '../src/api/authorizers.ts';
import type { HttpApiEvent } from '../src/api/http-api-event.ts';
import { startHttpApi, type HttpApi, type HttpApiOptions } from '../src/api/http-api.ts';
import { readRoutes } from '../src/stacks/read-functions.ts';
import { resolveStacks } from '../src/stacks/resolve-stacks.ts';
import type { Json, Template } from '../src/stacks/template.ts';
import { makeStillClock } from './dynamodb-helpers.ts';

const authorizer = { functionName: 'authorizer', identityHeaders: ['x-api-key'], ttlSeconds: 60 };
const ROUTES = [
  { method: 'ANY', path: '/guarded/{proxy+}', functionName: 'f', authorizer },
  { method: 'GET', path: '/open', functionName: 'f' },
];

let api: HttpApi | undefined;
afterEach(() => api?.close());

interface Started {
  endpoint: string;
  asked: AuthorizerEvent[];
}

/** An API whose function returns its event, and whose authorizer knows who has the key `good`. */
const start = async (options: Partial<HttpApiOptions> = {}, verdict?: unknown): Promise<Started> => {
  const asked: AuthorizerEvent[] = [];
  const invoke = async (name: string, event: HttpApiEvent | AuthorizerEvent): Promise<unknown> => {
    if (name === 'f') return event;
    asked.push(event as AuthorizerEvent);
    if (verdict instanceof Error) throw verdict;
    const isAuthorized = (event as AuthorizerEvent).identitySource[0] === 'good';
    return verdict ?? { isAuthorized, ...(isAuthorized && { context: { keyId: 'k' } }) };
  };
  api = await startHttpApi({ routes: ROUTES, invoke, ...options });
  return { endpoint: api.endpoint, asked };
};

const ask = async (url: string, headers: Record<string, string> = {}, method = 'GET') => {
  const response = await fetch(url, { method, headers });
  return { status: response.status, body: await response.json() };
};
const key = { 'x-api-key': 'good' };

describe('a route with an authorizer', () => {
  it('hands on what the authorizer said of the caller', async () => {
    const { endpoint } = await start();
    expect(await ask(`${endpoint}/guarded/a`, key)).toMatchObject({
      ...{ status: 200, body: { requestContext: { authorizer: { lambda: { keyId: 'k' } } } } },
    });
  });

  it('asks with the request, without its body, as payload format 2.0 has it', async () => {
    const { endpoint, asked } = await start();
    await fetch(`${endpoint}/guarded/a?b=1`, { method: 'POST', body: 'text', headers: key });
    expect(asked).toMatchObject([
      {
        ...{ version: '2.0', type: 'REQUEST', identitySource: ['good'], rawPath: '/guarded/a' },
        ...{ routeKey: 'ANY /guarded/{proxy+}', rawQueryString: 'b=1' },
        routeArn: 'arn:aws:execute-api:eu-west-1:000000000000:local/$default/POST/guarded/a',
      },
    ]);
    expect(asked[0]).not.toHaveProperty('body');
  });

  it('answers 401 without the header, and does not ask', async () => {
    const { endpoint, asked } = await start();
    expect(await ask(`${endpoint}/guarded/a`)).toEqual({ status: 401, body: { message: 'Unauthorized' } });
    expect(asked).toEqual([]);
  });

  it('answers 403 to whom the authorizer refuses', async () => {
    const { endpoint } = await start();
    expect(await ask(`${endpoint}/guarded/a`, { 'x-api-key': 'bad' })).toEqual({
      ...{ status: 403, body: { message: 'Forbidden' } },
    });
  });

  it.each([[new Error('down')], ['yes'], [{ isAuthorized: 'true' }], [null]])(
    'lets nobody in when the authorizer fails: %p',
    async (verdict) => {
      const { endpoint } = await start({}, verdict ?? 'null');
      expect((await ask(`${endpoint}/guarded/a`, key)).status).toBe(500);
    },
  );

  it('remembers a verdict for its time, each key by itself and on all routes', async () => {
    const clock = makeStillClock(0);
    const { endpoint, asked } = await start({ clock });
    for (const path of ['a', 'b', 'a']) await ask(`${endpoint}/guarded/${path}`, key);
    await ask(`${endpoint}/guarded/a`, { 'x-api-key': 'bad' });
    expect(asked.map(({ identitySource }) => identitySource[0])).toEqual(['good', 'bad']);
    clock.advance(60_000);
    await ask(`${endpoint}/guarded/a`, key);
    expect(asked).toHaveLength(3);
  });

  it('leaves other routes open', async () => {
    const { endpoint, asked } = await start();
    const { status, body } = await ask(`${endpoint}/open`);
    expect([status, asked]).toEqual([200, []]);
    expect((body as HttpApiEvent).requestContext).not.toHaveProperty('authorizer');
  });
});

describe('headers by default', () => {
  const defaultHeaders = { 'X-Api-Key': 'good' };
  // fetch keeps Sec-Fetch-Site and Origin for itself.
  const statusOf = (url: string, headers: Record<string, string>): Promise<number> =>
    new Promise((resolve, reject) => {
      const request = httpRequest(url, { headers }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      request.on('error', reject).end();
    });

  it('are for requests that have none of their own', async () => {
    const { endpoint } = await start({ defaultHeaders });
    expect((await ask(`${endpoint}/guarded/a`)).status).toBe(200);
    expect((await ask(`${endpoint}/guarded/a`, { 'x-api-key': 'bad' })).status).toBe(403);
  });

  it.each([
    ['a command', {}, 200],
    ['a page of this address', { origin: 'SELF', 'sec-fetch-site': 'same-origin' }, 200],
    ['the address bar', { 'sec-fetch-site': 'none' }, 200],
    ['a page of another port', { origin: 'http://localhost:1' }, 401],
    ['a picture on a page of elsewhere', { 'sec-fetch-site': 'cross-site' }, 401],
    ['a page of another site', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }, 403],
  ])('are for no page of elsewhere: %s', async (_from, headers, status) => {
    const { endpoint } = await start({ defaultHeaders });
    const sent = Object.entries(headers).map(([name, value]) => [name, value === 'SELF' ? endpoint : value]);
    expect(await statusOf(`${endpoint}/guarded/a`, Object.fromEntries(sent) as Record<string, string>)).toBe(
      status,
    );
  });
});

describe('an authorizer of a template', () => {
  const routesOf = (authorizer: Record<string, Json>) => {
    const functionOf = (name: string) => ({
      Type: 'AWS::Lambda::Function',
      Properties: { FunctionName: name, Handler: 'index.handler' },
    });
    const template: Template = {
      Resources: {
        F: functionOf('f'),
        A: functionOf('a'),
        I: {
          Type: 'AWS::ApiGatewayV2::Integration',
          Properties: { IntegrationUri: { 'Fn::GetAtt': ['F', 'Arn'] } },
        },
        Auth: {
          Type: 'AWS::ApiGatewayV2::Authorizer',
          Properties: {
            ...{
              AuthorizerType: 'REQUEST',
              AuthorizerPayloadFormatVersion: '2.0',
              EnableSimpleResponses: true,
            },
            IdentitySource: ['$request.header.X-Api-Key'],
            AuthorizerUri: {
              'Fn::Sub': 'arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${A.Arn}/invocations',
            },
            ...authorizer,
          },
        },
        R: {
          Type: 'AWS::ApiGatewayV2::Route',
          Properties: {
            ...{ RouteKey: 'GET /x', Target: { 'Fn::Join': ['/', ['integrations', { Ref: 'I' }]] } },
            ...{ AuthorizationType: 'CUSTOM', AuthorizerId: { Ref: 'Auth' } },
          },
        },
      },
    };
    const source = { service: 'x', stackName: 'x', template, codeDirectory: '/code' };
    const installation = { region: 'eu-west-1', accountId: '000000000000', endpoints: { sqs: '', api: '' } };
    return readRoutes(resolveStacks([source], installation).resources);
  };

  it('guards the routes that name it', () => {
    expect(routesOf({})).toEqual([
      {
        ...{ method: 'GET', path: '/x', functionName: 'f' },
        authorizer: { functionName: 'a', identityHeaders: ['x-api-key'], ttlSeconds: 300 },
      },
    ]);
    expect(routesOf({ AuthorizerResultTtlInSeconds: 0 })[0]?.authorizer?.ttlSeconds).toBe(0);
  });

  it.each<[Record<string, Json>]>([
    [{ AuthorizerType: 'JWT' }],
    [{ EnableSimpleResponses: false }],
    [{ AuthorizerPayloadFormatVersion: '1.0' }],
    [{ IdentitySource: ['$request.querystring.key'] }],
    [{ AuthorizerUri: 'https://example.org' }],
  ])('is refused when it is of a kind that does not work here: %j', (change) => {
    expect(() => routesOf(change)).toThrow(/Auth/);
  });
});
