import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { runAlluvium } from './support/run-alluvium.ts';

const ID = '01JD3Z5Q6V8X9Y0ZABCDEFGHJK';
const dry = { collection: 'docs', matched: 1, documentIds: ['files/document#a.md'], dryRun: true };
const found = { operationId: ID, operation: 'erase-document', target: 'compactor' };

let server: Server;
let folder: string;
let api: string;
let asked: [string, unknown, string | undefined][];
let replies: Record<string, unknown>;

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      const key = `${request.method} ${request.url}`;
      asked.push([
        key,
        text === '' ? undefined : JSON.parse(text),
        request.headers['x-api-key'] as string | undefined,
      ]);
      const body = replies[key];
      response.writeHead(body === undefined ? 404 : 200).end(JSON.stringify(body ?? { detail: 'None.' }));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  api = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  folder = await mkdtemp(join(tmpdir(), 'alluvium-documents-'));
  await mkdir(join(folder, '.alluvium'));
  await writeFile(
    join(folder, '.alluvium', 'profiles.json'),
    JSON.stringify({ there: { endpoint: api, apiKey: 'alv_k' } }),
  );
  process.env['HOME'] = folder;
});

afterAll(async () => {
  server.close();
  server.closeAllConnections();
  await rm(folder, { recursive: true });
});

beforeEach(() => {
  [replies, asked] = [{ 'POST /documents/delete': dry }, []];
});

const run = (...args: string[]) => runAlluvium(folder, [...args, '--profile', 'there']);
const filtered = ['documents', 'delete', '--filter', 'year<2020'];
const filters = { attributes: { year: { lt: 2020 } } };

describe('alluvium documents', () => {
  it('only counts in a dry run, with the key of the profile', async () => {
    const { code, stdout } = await run(...filtered, '--dry-run');
    expect([code, stdout]).toEqual([0, expect.stringContaining('1 document of docs would be deleted')]);
    expect(asked).toEqual([
      ['POST /documents/delete', { collection: 'docs', filters, dryRun: true }, 'alv_k'],
    ]);
  });

  it('counts first, and deletes nothing before the name was typed', async () => {
    const unsure = await run(...filtered);
    const wrong = await run(...filtered, '--confirm', 'doc');
    expect([unsure.code, wrong.code]).toEqual([2, 2]);
    expect(asked.every(([, body]) => (body as { dryRun: boolean }).dryRun)).toBe(true);
    const done = await run(...filtered, '--confirm', 'docs');
    expect([done.code, asked.at(-1)?.[1]]).toEqual([0, { collection: 'docs', filters, dryRun: false }]);
  });

  it('never deletes or erases everything', async () => {
    const results = [await run('documents', 'delete'), await run('documents', 'erase')];
    expect([results.map(({ code }) => code), asked]).toEqual([[2, 2], []]);
  });

  it('erases by an operation, after a dry run', async () => {
    replies['POST /operations'] = { operationId: ID, statusUrl: `/operations/${ID}` };
    const state = { state: 'done', summary: '1 document.', requestedAt: '2026-03-01T12:00:00.000Z' };
    replies[`GET /operations/${ID}`] = { ...found, ...state };
    const { code } = await run('documents', 'erase', 'files/document#a.md', '--confirm', 'docs');
    const args = { collection: 'docs', documentId: 'files/document#a.md' };
    const bodies = asked.filter(([key]) => key === 'POST /operations').map(([, body]) => body);
    expect([code, bodies]).toEqual([
      0,
      [
        { operation: 'erase-document', args: { ...args, dryRun: true } },
        { operation: 'erase-document', args },
      ],
    ]);
  });

  it('names the profiles that there are', async () => {
    const { code, stderr } = await runAlluvium(folder, ['collections', '--profile', 'nowhere']);
    expect([code, stderr]).toEqual([3, expect.stringContaining('there')]);
  });
});

describe('alluvium collections set', () => {
  it('keeps what is not named of what garbage collection keeps', async () => {
    const at = '2026-03-01T12:00:00.000Z';
    const retention = { keepDays: 3 };
    const collection = { collection: 'lab', createdAt: at, updatedAt: at, retention };
    const detail = { collection, candidates: [] };
    replies['GET /collections/lab'] = detail;
    replies['PATCH /collections/lab'] = detail;
    const { code } = await run('collections', 'set', 'lab', '--keep-versions', '4');
    expect([code, asked.at(-1)?.[1]]).toEqual([0, { retention: { keepDays: 3, keepVersions: 4 } }]);
  });
});
