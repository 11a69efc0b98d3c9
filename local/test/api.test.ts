import { existsSync, readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { HttpApiEvent } from '../src/api/http-api-event.ts';
import { startHttpApi, type HttpApi, type HttpApiOptions } from '../src/api/http-api.ts';
import { makeStillClock } from './dynamodb-helpers.ts';

const ROUTES = [
  { method: 'ANY', path: '$default', functionName: 'default' },
  { method: 'ANY', path: '/{proxy+}', functionName: 'greedy' },
  { method: 'GET', path: '/pets/{proxy+}', functionName: 'greedy-pets' },
  { method: 'ANY', path: '/pets/dog/{id}', functionName: 'any-dog' },
  { method: 'GET', path: '/pets/dog/{id}', functionName: 'dog' },
  { method: 'GET', path: '/pets/dog/1', functionName: 'dog-one' },
  { method: 'GET', path: '/{kind}/cat', functionName: 'kind-cat' },
];

let api: HttpApi | undefined;
afterEach(() => api?.close());

const start = async (options: Partial<HttpApiOptions> = {}): Promise<string> => {
  api = await startHttpApi({
    routes: [{ method: 'ANY', path: '$default', functionName: 'f' }],
    invoke: () => Promise.resolve('ok'),
    ...options,
  });
  return api.endpoint;
};

/** Starts an API whose function returns the event it gets. */
const startEcho = (options: Partial<HttpApiOptions> = {}): Promise<string> =>
  start({ invoke: (functionName, event) => Promise.resolve({ functionName, event }), ...options });

const echo = async (
  url: string,
  init?: RequestInit,
): Promise<{ functionName: string; event: HttpApiEvent }> =>
  (await (await fetch(url, init)).json()) as { functionName: string; event: HttpApiEvent };

describe('routes', () => {
  it.each([
    ['GET', '/pets/dog/1', 'dog-one'],
    ['GET', '/pets/dog/2', 'dog'],
    ['POST', '/pets/dog/1', 'any-dog'],
    ['GET', '/pets/bird/1', 'greedy-pets'],
    ['GET', '/pets/cat', 'kind-cat'],
    ['POST', '/pets/bird', 'greedy'],
    ['GET', '/pets/dog/1/', 'greedy-pets'],
    ['DELETE', '/', 'default'],
  ])('sends %s %s to the function %s', async (method, path, expected) => {
    const endpoint = await startEcho({ routes: ROUTES });
    expect((await echo(endpoint + path, { method })).functionName).toBe(expected);
  });

  it('answers 404 when no route matches', async () => {
    const endpoint = await start({ routes: [{ method: 'GET', path: '/only', functionName: 'f' }] });
    for (const [method, path] of [
      ['GET', '/other'],
      ['POST', '/only'],
      ['OPTIONS', '/only'],
    ] as const) {
      const response = await fetch(endpoint + path, { method });
      expect([response.status, await response.text()]).toEqual([404, '{"message":"Not Found"}']);
      expect(response.headers.get('access-control-allow-origin')).toBeNull();
    }
  });

  it('takes new routes without a restart', async () => {
    const endpoint = await start({ routes: [] });
    expect((await fetch(endpoint)).status).toBe(404);
    api?.setRoutes([{ method: 'GET', path: '/', functionName: 'f' }]);
    expect((await fetch(endpoint)).status).toBe(200);
  });
});

describe('events', () => {
  it('carries the parts of a request as payload format 2.0', async () => {
    const clock = makeStillClock(Date.UTC(2020, 3, 21, 15, 8, 21, 67));
    const routes = [{ method: 'POST', path: '/status/{jobId}', functionName: 'status' }];
    const endpoint = await startEcho({ routes, clock });
    const { event } = await echo(`${endpoint}/status/a%20b?x=1&x=2&y=%C3%A9+z&empty=`, {
      method: 'POST',
      body: '{"a":1}',
      headers: {
        'Content-Type': 'application/json; charset=utf-8',
        Cookie: 'one=1; two=2',
        'X-Custom': 'Value',
        'user-agent': 'test',
      },
    });
    expect(event).toMatchObject({
      version: '2.0',
      routeKey: 'POST /status/{jobId}',
      rawPath: '/status/a b',
      rawQueryString: 'x=1&x=2&y=%C3%A9+z&empty=',
      cookies: ['one=1', 'two=2'],
      queryStringParameters: { x: '1,2', y: 'é z', empty: '' },
      pathParameters: { jobId: 'a b' },
      headers: { 'x-custom': 'Value', 'content-length': '7', 'x-forwarded-proto': 'http' },
      requestContext: {
        http: {
          method: 'POST',
          path: '/status/a b',
          protocol: 'HTTP/1.1',
          sourceIp: '127.0.0.1',
          userAgent: 'test',
        },
        routeKey: 'POST /status/{jobId}',
        stage: '$default',
        time: '21/Apr/2020:15:08:21 +0000',
        timeEpoch: 1587481701067,
      },
      body: '{"a":1}',
      isBase64Encoded: false,
    });
    expect(event.headers).not.toHaveProperty('cookie');
    expect(event.headers['x-amzn-trace-id']).toMatch(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/);
  });

  it('leaves out what a request does not have', async () => {
    const endpoint = await startEcho();
    const { event } = await echo(endpoint);
    expect(Object.keys(event)).toEqual([
      'version',
      'routeKey',
      'rawPath',
      'rawQueryString',
      'headers',
      'requestContext',
      'isBase64Encoded',
    ]);
    expect(event).toMatchObject({ routeKey: '$default', rawPath: '/', rawQueryString: '' });
  });

  it('joins repeated headers by commas', async () => {
    const endpoint = await startEcho();
    const text = await new Promise<string>((resolve) => {
      httpRequest(endpoint, { headers: { 'x-many': ['a', 'b'] } }, (response) => {
        response.setEncoding('utf8').on('data', resolve);
      }).end();
    });
    expect(text).toContain('"x-many":"a,b"');
  });

  it.each([
    ['text/csv', false],
    ['application/json', false],
    ['application/xml', false],
    ['application/x-www-form-urlencoded', true],
    ['application/octet-stream', true],
    ['multipart/form-data; boundary=x', true],
  ])('encodes a body of type %s in base64: %s', async (type, isBase64Encoded) => {
    const endpoint = await startEcho();
    const init = { method: 'POST', body: 'żółw', headers: { 'content-type': type } };
    const { event } = await echo(endpoint, init);
    expect(event.isBase64Encoded).toBe(isBase64Encoded);
    const encoding = isBase64Encoded ? 'base64' : 'utf8';
    expect(Buffer.from(event.body ?? '', encoding).toString()).toBe('żółw');
  });

  const recorded = new URL(
    '../../../shared/data/conformance/lambda-events/apigw-v2-request-no-authorizer.json',
    import.meta.url,
  );
  const whenRecorded = existsSync(recorded) ? it : it.skip;
  whenRecorded('has the shape of an event recorded on AWS', async () => {
    const expected = JSON.parse(readFileSync(recorded, 'utf8')) as HttpApiEvent & {
      requestContext: { authentication?: object };
    };
    delete expected.requestContext.authentication; // mutual TLS only
    const shape = (value: unknown): unknown =>
      typeof value === 'object' && value !== null
        ? Object.fromEntries(
            Object.entries(value)
              .sort(([a], [b]) => (a < b ? -1 : 1))
              .map(([key, member]) => [key, shape(member)]),
          )
        : typeof value;
    const endpoint = await startEcho();
    const { event } = await echo(endpoint, { headers: { 'user-agent': 'curl/7.58.0', accept: '*/*' } });
    for (const extra of ['accept-encoding', 'accept-language', 'sec-fetch-mode']) {
      Reflect.deleteProperty(event.headers, extra);
    }
    expect(shape(event)).toEqual(shape(expected));
  });
});

describe('responses', () => {
  it('sends a structured response as it is', async () => {
    const endpoint = await start({
      invoke: () =>
        Promise.resolve({
          statusCode: 201,
          headers: { 'X-Count': 3, 'content-type': 'application/octet-stream' },
          cookies: ['a=1; Secure', 'b=2'],
          body: Buffer.from([0, 255]).toString('base64'),
          isBase64Encoded: true,
        }),
    });
    const response = await fetch(endpoint);
    expect(response.status).toBe(201);
    expect(response.headers.get('x-count')).toBe('3');
    expect(response.headers.getSetCookie()).toEqual(['a=1; Secure', 'b=2']);
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(new Uint8Array([0, 255]));
  });

  it.each([
    [{ message: 'hi' }, '{"message":"hi"}', 'application/json'],
    ['plain', 'plain', 'application/json'],
    [[1], '[1]', 'application/json'],
    [undefined, 'null', 'application/json'],
    [{ statusCode: 200, body: 'text' }, 'text', 'text/plain;charset=UTF-8'],
  ])('answers 200 for the result %j', async (result, body, type) => {
    const endpoint = await start({ invoke: () => Promise.resolve(result) });
    const response = await fetch(endpoint);
    expect([response.status, await response.text()]).toEqual([200, body]);
    expect(response.headers.get('content-type')).toBe(type);
  });

  it('sends no body with 204 and to HEAD', async () => {
    const endpoint = await start({ invoke: () => Promise.resolve({ statusCode: 204 }) });
    expect(await (await fetch(endpoint)).text()).toBe('');
    expect((await fetch(endpoint, { method: 'HEAD' })).status).toBe(204);
  });

  it.each([
    ['a status that is no number', { statusCode: 'OK' }],
    ['a body that is no string', { statusCode: 200, body: { a: 1 } }],
    ['a header that cannot be sent', { statusCode: 200, headers: { 'bad name': 'x' } }],
  ])('answers 500 for a response with %s', async (_what, result) => {
    const endpoint = await start({ invoke: () => Promise.resolve(result) });
    const response = await fetch(endpoint);
    expect([response.status, await response.text()]).toEqual([500, '{"message":"Internal Server Error"}']);
  });
});

describe('failures and limits', () => {
  it('answers 500 when the function fails, 503 when there is none to run', async () => {
    const endpoint = await start({
      invoke: (_name, { rawPath }) =>
        Promise.reject(Object.assign(new Error('no'), rawPath === '/busy' ? { kind: 'unavailable' } : {})),
    });
    const failed = await fetch(endpoint);
    expect([failed.status, await failed.text()]).toEqual([500, '{"message":"Internal Server Error"}']);
    const busy = await fetch(`${endpoint}/busy`);
    expect([busy.status, await busy.text()]).toEqual([503, '{"message":"Service Unavailable"}']);
  });

  it('answers 503 after 30 seconds', async () => {
    const clock = makeStillClock(0);
    const endpoint = await start({
      clock,
      invoke: () => {
        setImmediate(() => {
          clock.advance(30_000);
        });
        return new Promise(() => undefined);
      },
    });
    const response = await fetch(endpoint);
    expect([response.status, await response.text()]).toEqual([503, '{"message":"Service Unavailable"}']);
  });

  it('refuses a body over the limit, declared or streamed, and serves the next request', async () => {
    const endpoint = await start({ maxBodyBytes: 1000 });
    const stream = new Blob(['x'.repeat(300_000)]).stream();
    const streamed = { method: 'POST', body: stream, duplex: 'half' } as RequestInit;
    for (const init of [{ method: 'POST', body: 'x'.repeat(300_000) }, streamed]) {
      const response = await fetch(endpoint, init);
      expect([response.status, await response.text()]).toEqual([
        413,
        '{"message":"Request Entity Too Large"}',
      ]);
    }
    expect((await fetch(endpoint, { method: 'POST', body: 'x'.repeat(1000) })).status).toBe(200);
  });

  it('throttles by a bucket of tokens that fills again', async () => {
    const clock = makeStillClock(0);
    const endpoint = await start({ clock, throttle: { ratePerSecond: 1, burst: 2 } });
    const statuses = async () => [(await fetch(endpoint)).status, (await fetch(endpoint)).status];
    expect(await statuses()).toEqual([200, 200]);
    const refused = await fetch(endpoint);
    expect([refused.status, await refused.text()]).toEqual([429, '{"message":"Too Many Requests"}']);
    clock.advance(1000);
    expect(await statuses()).toEqual([200, 429]);
  });

  it('refuses a path that cannot be decoded and a page of another site', async () => {
    const endpoint = await start();
    expect((await fetch(`${endpoint}/%zz`)).status).toBe(400);
    expect((await fetch(endpoint, { headers: { origin: 'https://evil.example' } })).status).toBe(403);
  });
});
