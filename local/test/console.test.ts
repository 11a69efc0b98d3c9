import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compactionRequestedV1, makeEvent, type ProblemV1 } from '@alluvium/contracts';
import { openJournal, startConsole, type Journal, type LocalServer } from '@alluvium/local';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { BusEvent } from '../src/events/model.ts';

let folder: string;
let journal: Journal;
let server: LocalServer;
let api: Server;
const heard: { url: string | undefined; key: string | string[] | undefined }[] = [];

const busEvent = (detailType: string, detail: object, source = 'orchestrator'): BusEvent => ({
  ...{
    version: '0',
    id: 'id',
    account: '0',
    time: '2026-03-01T12:00:00Z',
    region: 'eu-west-1',
    resources: [],
  },
  ...{ 'detail-type': detailType, source, detail },
});

const valid = makeEvent(
  compactionRequestedV1,
  { collection: 'docs', requestId: 'r' },
  { correlationId: 'run' },
  {
    producer: 'orchestrator@0.1.0',
    nowMs: () => 0,
    newEventId: () => '01JD3Z5Q6V8X9Y0ZABCDEFGHJK',
    newTraceId: () => '4bf92f3577b34da6a3ce929d0e0e4736',
  },
).detail;

const problemOf = (error: unknown): ProblemV1 => {
  const { code = 'INTERNAL', message } = error as Error & { code?: string };
  return { type: 'about:blank', title: 'Problem', status: 400, code, detail: message };
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alluvium-console-'));
  await writeFile(join(folder, 'index.html'), '<p>the page</p>');
  await writeFile(join(folder, 'app.js'), '1');
  await writeFile(join(folder, '..', 'alluvium-secret.js'), 'secret');
  api = createServer((request, response) => {
    heard.push({ url: request.url, key: request.headers['x-api-key'] });
    response.writeHead(404, { 'content-type': 'application/problem+json', 'set-cookie': 'a=b' });
    response.end('{"code":"JOB_NOT_FOUND"}');
  });
  await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve));
  journal = await openJournal(join(folder, 'journal'));
  server = await startConsole({
    port: 0,
    directory: folder,
    api: {
      url: `http://127.0.0.1:${(api.address() as AddressInfo).port}`,
      headers: () => ({ 'x-api-key': 'k' }),
    },
    journal,
    problemOf,
    routes: [
      {
        method: 'GET',
        path: '/_local/echo/{name}',
        handle: ({ params, query }) => ({ params, a: query.get('a') }),
      },
      {
        method: 'GET',
        path: '/_local/broken',
        handle: () => {
          throw Object.assign(new Error('It broke'), { code: 'BROKEN' });
        },
      },
    ],
  });
});

afterAll(async () => {
  await server.close();
  await journal.close();
  api.close();
  await rm(join(folder, '..', 'alluvium-secret.js'), { force: true });
  await rm(folder, { recursive: true });
});

const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(server.endpoint + path, { headers });

describe('the server of the console', () => {
  it.each(['/', '/runs/abc', '/contracts/delta.created.v1'])(
    'answers %s with the page, which may load nothing from elsewhere',
    async (path) => {
      const response = await get(path);
      expect(await response.text()).toBe('<p>the page</p>');
      expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    },
  );

  it.each(['/absent.js', '/..%2falluvium-secret.js', '/%2e%2e/alluvium-secret.js'])(
    'has no file %s',
    async (path) => {
      expect((await get(path)).status).toBe(404);
    },
  );

  it('passes calls of its pages on with the key, and their answers back', async () => {
    const response = await get('/api/status/x?y=z', { origin: server.endpoint });
    expect([response.status, await response.json()]).toEqual([404, { code: 'JOB_NOT_FOUND' }]);
    expect(response.headers.get('set-cookie')).toBeNull();
    expect(heard.at(-1)).toEqual({ url: '/status/x?y=z', key: 'k' });
  });

  it.each([
    ['another port of this machine', { origin: 'http://localhost:3000' }],
    ['another site', { 'sec-fetch-site': 'cross-site' }],
  ])('refuses calls of a page of %s', async (_title, headers) => {
    const before = heard.length;
    const response = await get('/api/jobs', headers);
    expect(await response.json()).toMatchObject({ code: 'ORIGIN_REFUSED' });
    expect(heard).toHaveLength(before);
  });

  it('answers its own routes, and tells their errors as problems', async () => {
    expect(await (await get('/_local/echo/n?a=1')).json()).toEqual({ params: { name: 'n' }, a: '1' });
    const broken = await get('/_local/broken');
    expect(broken.headers.get('content-type')).toBe('application/problem+json');
    expect(await broken.json()).toMatchObject({ code: 'BROKEN', detail: 'It broke' });
    expect(await (await get('/_local/nowhere')).json()).toMatchObject({ code: 'ROUTE_NOT_FOUND' });
  });

  it('tells what came before and what comes as events', async () => {
    journal.addEvent(busEvent(compactionRequestedV1.name, valid), 'main');
    const response = await get('/_local/events');
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader.read()).value).toContain('event: backlog');
    journal.addEvent(busEvent('Object Created', {}, 'aws.s3'), 'default');
    expect((await reader.read()).value).toMatch(/^event: entry\nid: \d+\ndata: .*"validity":"foreign"/);
    await reader.cancel();
  });
});

describe('the journal', () => {
  it('holds events against their contracts', () => {
    journal.addEvent(
      busEvent(compactionRequestedV1.name, { ...valid, data: { collection: 'docs' } }),
      'main',
    );
    journal.addEvent(busEvent('who.knows.v1', {}), 'main');
    expect(journal.since(0).slice(-2)).toMatchObject([
      { validity: 'invalid', fault: '/data/requestId is missing' },
      { validity: 'unknown' },
    ]);
  });

  it('knows which events a function was called with, however they came', () => {
    const event = { detail: { metadata: { eventId: 'inner' } }, id: 'outer' };
    const call = { functionName: 'f', requestId: 'r', beganAtMs: 1 };
    journal.addInvocation({ ...call, payload: event });
    const record = { body: JSON.stringify(event), attributes: { ApproximateReceiveCount: '3' } };
    journal.addInvocation({ ...call, payload: { Records: [record, { body: 'no JSON' }] }, endedAtMs: 2 });
    const before = journal.since(0).length;
    journal.addInvocation({ ...call, payload: { routeKey: 'GET /jobs' } });
    expect(journal.since(0)).toHaveLength(before);
    expect(journal.since(0).slice(-2)).toMatchObject([
      { eventIds: ['inner'], receives: 1 },
      { eventIds: ['inner'], receives: 3, endedAtMs: 2 },
    ]);
  });

  it('keeps the lines of an invocation', () => {
    journal.addLog({ functionName: 'f', requestId: 'r1', source: 'stdout', text: 'mine' });
    journal.addLog({ functionName: 'f', requestId: 'r2', source: 'stdout', text: 'other' });
    expect(journal.logsOf(new Set(['r1'])).map(({ text }) => text)).toEqual(['mine']);
  });

  it('goes on after a restart, and past a line that was cut', async () => {
    const directory = join(folder, 'again');
    const first = await openJournal(directory);
    first.addEvent(busEvent('a.v1', {}), 'main');
    first.addEvent(busEvent('b.v1', {}), 'main');
    await first.close();
    const file = join(directory, 'journal.jsonl');
    await writeFile(file, `${await readFile(file, 'utf8')}{"kind":"ev`);
    const second = await openJournal(directory);
    expect(second.since(0).map(({ seq }) => seq)).toEqual([1, 2]);
    expect(second.since(1)).toHaveLength(1);
    await second.close();
  });
});
