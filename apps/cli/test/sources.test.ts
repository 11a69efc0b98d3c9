import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { runAlluvium } from './support/run-alluvium.ts';

const RUN = '0123456789abcdefghjkmnpqrs';
const OPERATION = '01JD3Z5Q6V8X9Y0ZABCDEFGHJK';
const SITE = {
  ...{
    collection: 'docs',
    name: 'site',
    connector: 'sitemap',
    settings: { url: 'https://example.org/s.xml' },
  },
  ...{ schedule: '0 6 * * *', paused: false, changedAt: '2026-03-01T11:00:00.000Z' },
  nextRunAt: '2026-03-02T06:00:00.000Z',
};

let folder: string;
let api: Server;
let asked: [string, unknown][];

const problem = (status: number, code: string, detail: string) => ({
  status,
  body: { type: 'about:blank', title: 'x', status, code, detail },
});

const ANSWERS: Record<string, { status: number; body: unknown }> = {
  'GET /sources': { status: 200, body: { sources: [SITE] } },
  'GET /sources/docs/site': { status: 200, body: SITE },
  'PUT /sources/docs/manual': { status: 200, body: { ...SITE, name: 'manual' } },
  'PUT /sources/docs/site': problem(400, 'SOURCE_INVALID', 'The setting "url" is missing'),
  'DELETE /sources/docs/site': { status: 204, body: undefined },
  'POST /sources/docs/site/runs': { status: 202, body: { jobId: RUN, statusUrl: `/status/${RUN}` } },
  'POST /sources/docs/held/runs': problem(409, 'SOURCE_PAUSED', 'The source docs/held is paused'),
  'POST /operations': {
    status: 202,
    body: { operationId: OPERATION, statusUrl: `/operations/${OPERATION}` },
  },
  [`GET /operations/${OPERATION}`]: {
    status: 200,
    body: {
      ...{ operationId: OPERATION, operation: 'pause', target: 'ingest', state: 'done' },
      ...{ requestedAt: '2026-03-01T12:00:00.000Z', summary: 'The source docs/site is paused.' },
    },
  },
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alluvium-sources-'));
  api = createServer((request, response) => {
    const route = `${request.method ?? ''} ${(request.url ?? '').split('?')[0] ?? ''}`;
    void text(request).then((sent) => {
      asked.push([
        `${request.method ?? ''} ${request.url ?? ''}`,
        sent === '' ? undefined : JSON.parse(sent),
      ]);
      const found = ANSWERS[route] ?? problem(404, 'SOURCE_NOT_FOUND', 'There is no source');
      response.writeHead(found.status).end(found.body === undefined ? undefined : JSON.stringify(found.body));
    });
  });
  await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve));
});
beforeEach(() => {
  asked = [];
});
afterAll(async () => {
  api.close();
  await rm(folder, { recursive: true });
});

const sources = (...args: string[]) => {
  process.env['ALLUVIUM_API_URL'] = `http://127.0.0.1:${(api.address() as AddressInfo).port}`;
  return runAlluvium(folder, ['sources', ...args]).finally(() => delete process.env['ALLUVIUM_API_URL']);
};

describe('alluvium sources', () => {
  it('lists sources with the time of their next crawl, and shows one', async () => {
    const { code, stdout } = await sources('ls', '-c', 'docs');
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/docs\s+site\s+sitemap\s+on\s+0 6 \* \* \*\s+2026-03-02 06:00/),
    ]);
    expect(asked).toEqual([['GET /sources?collection=docs', undefined]]);
    expect((await sources('show', 'site')).stdout).toMatch(/settings:\s+.*example\.org/);
  });

  it('adds one from a file and options, which count more; values are JSON where they read as JSON', async () => {
    const file = join(folder, 'manual.json');
    const told = {
      collection: 'docs',
      name: 'x',
      connector: 'github',
      settings: { ref: 'main', path: 'a/' },
    };
    await writeFile(file, JSON.stringify(told));
    const options = ['repository=owner/name', 'path=docs/', 'extensions=[".md"]', 'auth.kind=basic'];
    const { code } = await sources(
      ...['add', 'manual', '-f', file, '--schedule', 'rate(6 hours)', '--allow-host', 'git.internal'],
      ...options.flatMap((option) => ['-o', option]),
    );
    expect(code).toBe(0);
    expect(asked.at(-1)).toEqual([
      'PUT /sources/docs/manual',
      {
        ...{ connector: 'github', schedule: 'rate(6 hours)', allowedHosts: ['git.internal'] },
        settings: {
          ...{ ref: 'main', path: 'docs/', repository: 'owner/name', extensions: ['.md'] },
          auth: { kind: 'basic' },
        },
      },
    ]);
  });

  it('pauses, runs and removes', async () => {
    expect(await sources('pause', 'site', '--reason', 'rebuilt')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('is paused'),
    });
    expect(asked[0]).toEqual([
      'POST /operations',
      { operation: 'pause', args: { collection: 'docs', source: 'site' }, reason: 'rebuilt' },
    ]);
    const { stdout } = await sources('run', 'site', '--json');
    expect(JSON.parse(stdout)).toEqual({ runId: RUN });
    expect(await sources('remove', 'site', '--yes')).toMatchObject({ code: 0 });
  });

  it.each([
    [['add', 'site', '--connector', 'sitemap'], 4, '--replace'],
    [['add', 'site', '--connector', 'sitemap', '--replace'], 2, '"url" is missing'],
    [['add', 'other'], 2, '--connector'],
    [['add', 'other', '--connector', 'github', '-o', 'token'], 2, 'name=value'],
    [['add', 'other', '--connector', 'github', '-o', 'token=ghp_0123456789abcdef'], 2, 'secret itself'],
    [['show', 'nothing'], 3, 'sources ls'],
    [['run', 'held'], 4, 'sources resume'],
    [['remove', 'site'], 2, '--yes'],
    [['show', 'Not_a_name'], 2, 'lower-case'],
  ])('explain a wrong call: %j', async (args, code, named) => {
    const answer = await sources(...args);
    expect([answer.code, answer.stderr]).toEqual([code, expect.stringContaining(named)]);
  });
});
