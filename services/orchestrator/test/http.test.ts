import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  assertProduced,
  collectionsV1,
  ingestionRequestedV1,
  ingestResponseV1,
  jobsV1,
  jobV1,
  problemV1,
  uploadRunIdOf,
} from '@alluvium/contracts';
import { testContext } from '@alluvium/testkit';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { makeHandler } from '../src/handlers/http.ts';
import { eventsOf, makeWorld, RUN_ID, type World } from './support/world.ts';

interface Request {
  method?: string;
  path: string;
  query?: string;
  body?: string;
  headers?: Record<string, string>;
}

const event = ({ method = 'GET', path, query = '', body, headers = {} }: Request): APIGatewayProxyEventV2 =>
  ({
    version: '2.0',
    routeKey: '$default',
    rawPath: path,
    rawQueryString: query,
    ...(query === '' ? {} : { queryStringParameters: Object.fromEntries(new URLSearchParams(query)) }),
    headers: { 'content-type': 'application/json', ...headers },
    requestContext: {
      ...{ http: { method, path }, domainName: 'localhost', stage: '$default', requestId: 'r' },
      authorizer: { lambda: { keyId: 'test', scopes: 'admin' } },
    },
    isBase64Encoded: false,
    ...(body === undefined ? {} : { body }),
  }) as unknown as APIGatewayProxyEventV2;

let world: World;
let call: (request: Request) => Promise<{ status: number | undefined; type: unknown; body: unknown }>;

beforeEach(() => {
  world = makeWorld();
  const handler = makeHandler(world.deps);
  call = async (request) => {
    const answer = (await handler(event(request), testContext())) as APIGatewayProxyStructuredResultV2;
    const body: unknown = JSON.parse(answer.body ?? 'null');
    return { status: answer.statusCode, type: answer.headers?.['content-type'], body };
  };
});

const expectProblem = async (request: Request, status: number, code: string) => {
  const answer = await call(request);
  expect(answer).toMatchObject({ status, type: 'application/problem+json', body: { status, code } });
  return assertProduced(problemV1, answer.body).detail;
};

const manifest = {
  collection: 'docs',
  uploadId: 'u1',
  source: 'guides',
  createdAt: '2026-03-01T12:00:00.000Z',
  files: [{ path: 'a.md', bytes: 3, sha256: '0'.repeat(64) }],
};
const upload = (content: unknown, folder = 'u1'): Uint8Array => {
  const bytes = Buffer.from(typeof content === 'string' ? content : JSON.stringify(content));
  world.objects.stored.set(`inbox/docs/${folder}/_upload.json`, bytes);
  return bytes;
};
const ingest = (body: unknown, headers: Record<string, string> = {}): Request => ({
  ...{ method: 'POST', path: '/ingest', headers },
  body: typeof body === 'string' ? body : JSON.stringify(body),
});
const REQUEST = { collection: 'docs', uploadId: 'u1' };

describe('GET /status/{jobId}', () => {
  it('shows a job as its schema says', async () => {
    await world.deliver(eventsOf(world).started());
    const { status, body } = await call({ path: `/status/${RUN_ID}` });
    expect(status).toBe(200);
    expect(assertProduced(jobV1, body)).toMatchObject({ jobId: RUN_ID, state: 'running' });
  });

  it('answers 404 for a job that does not exist, naming it', async () => {
    expect(await expectProblem({ path: '/status/nope' }, 404, 'JOB_NOT_FOUND')).toContain('"nope"');
  });
});

describe('GET /jobs', () => {
  const idOf = (number: number): string => String(number).padStart(26, '0');

  it('lists the newest first, page by page', async () => {
    for (let number = 0; number < 5; number += 1) {
      await world.deliver(eventsOf(world, 1, idOf(number)).started());
    }
    const seen: string[] = [];
    let query = 'limit=2';
    for (let page = 0; page < 3; page += 1) {
      const { jobs, cursor } = assertProduced(jobsV1, (await call({ path: '/jobs', query })).body);
      seen.push(...jobs.map(({ jobId }) => jobId));
      query = `limit=2&cursor=${cursor ?? ''}`;
      expect(cursor === undefined).toBe(page === 2);
    }
    expect(seen).toEqual([4, 3, 2, 1, 0].map(idOf));
  });

  it('tells the totals of runs that ended', async () => {
    const run = eventsOf(world);
    await world.deliver(run.started(), run.sealed(1), run.fetched(0), await run.derived(0, 0));
    const { jobs } = assertProduced(jobsV1, (await call({ path: '/jobs' })).body);
    expect(jobs).toMatchObject([{ state: 'done', totals: { unchanged: 1 } }]);
  });

  it.each(['0', '101', '-1', 'abc', '1.5', ''])('refuses limit=%s and names the bounds', async (limit) => {
    const detail = await expectProblem({ path: '/jobs', query: `limit=${limit}` }, 400, 'LIMIT_INVALID');
    expect(detail).toMatch(/limit.*1 to 100/);
  });

  it.each(['x', 'eyJhIjoxfQ', ''])('refuses the cursor "%s"', (cursor) =>
    expectProblem({ path: '/jobs', query: `cursor=${cursor}` }, 400, 'CURSOR_INVALID'),
  );
});

describe('GET /collections', () => {
  it('lists what there is, by name', async () => {
    expect((await call({ path: '/collections' })).body).toEqual({ collections: [] });
    await world.deliver(eventsOf(world).started());
    const { collections } = assertProduced(collectionsV1, (await call({ path: '/collections' })).body);
    expect(collections.map(({ collection }) => collection)).toEqual(['docs']);
  });
});

describe('POST /ingest', () => {
  it('requests the run over an upload and answers with its job', async () => {
    const bytes = upload(manifest);
    const { status, body } = await call(ingest(REQUEST));
    const runId = uploadRunIdOf({ collection: 'docs', source: 'guides', manifest: bytes });
    expect(status).toBe(202);
    expect(assertProduced(ingestResponseV1, body)).toEqual({ jobId: runId, statusUrl: `/status/${runId}` });
    expect(world.bus.dataOf(ingestionRequestedV1)).toMatchObject([
      {
        collection: 'docs',
        source: { name: 'guides', connector: 'files', manifest: { key: 'inbox/docs/u1/_upload.json' } },
      },
    ]);
    const job = assertProduced(jobV1, (await call({ path: `/status/${runId}` })).body);
    expect(job).toMatchObject({ state: 'queued', source: 'guides' });
  });

  it.each([[{}], [{ 'idempotency-key': 'k1' }]])(
    'requests it once when asked twice with %j',
    async (headers) => {
      upload(manifest);
      const first = await call(ingest(REQUEST, headers));
      expect(await call(ingest(REQUEST, headers))).toEqual(first);
      expect(world.bus.events).toHaveLength(1);
    },
  );

  it('refuses a key that was used for something else', async () => {
    upload(manifest);
    upload({ ...manifest, uploadId: 'u2' }, 'u2');
    await call(ingest(REQUEST, { 'idempotency-key': 'k1' }));
    const other = ingest({ ...REQUEST, uploadId: 'u2' }, { 'idempotency-key': 'k1' });
    await expectProblem(other, 409, 'IDEMPOTENCY_KEY_REUSED');
    expect(world.bus.events).toHaveLength(1);
  });

  it('can be asked again after a refusal', async () => {
    await expectProblem(ingest(REQUEST), 404, 'UPLOAD_NOT_FOUND');
    upload(manifest);
    expect((await call(ingest(REQUEST))).status).toBe(202);
  });

  it.each<[string, unknown, string]>([
    ['that is not JSON', '{"collection":', 'BODY_INVALID'],
    ['that is empty', '', 'BODY_INVALID'],
    ['that is null', 'null', 'REQUEST_INVALID'],
    ['that is a list', '[]', 'REQUEST_INVALID'],
    ['without an upload', { collection: 'docs' }, 'REQUEST_INVALID'],
    ['with a collection of another alphabet', { ...REQUEST, collection: '../x' }, 'REQUEST_INVALID'],
    ['with an upload that leaves its folder', { ...REQUEST, uploadId: '../../x' }, 'REQUEST_INVALID'],
    ['with a field that does not exist', { ...REQUEST, colection: 'docs' }, 'REQUEST_INVALID'],
  ])('refuses a body %s', async (_, body, code) => {
    await expectProblem(ingest(body), 400, code);
    expect(world.bus.events).toEqual([]);
  });

  it('refuses a key that is too long', () =>
    expectProblem(ingest(REQUEST, { 'idempotency-key': 'k'.repeat(256) }), 400, 'IDEMPOTENCY_KEY_INVALID'));

  it.each<[string, unknown]>([
    ['is not JSON', '{'],
    ['lists no files', { ...manifest, files: undefined }],
    ['is another upload', { ...manifest, uploadId: 'u9' }],
    ['is for another collection', { ...manifest, collection: 'other' }],
  ])('refuses an upload whose manifest %s', async (_, content) => {
    upload(content);
    expect(await expectProblem(ingest(REQUEST), 400, 'UPLOAD_INVALID')).toContain(
      'inbox/docs/u1/_upload.json',
    );
  });
});

describe('anything else', () => {
  it('answers 404', () => expectProblem({ path: '/nothing' }, 404, 'ROUTE_NOT_FOUND'));
});
