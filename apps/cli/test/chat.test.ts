import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ChatAnswerV1, JobV1 } from '@alluvium/contracts';
import { runAlluvium } from './support/run-alluvium.ts';

const JOB_ID = '01JD3Z5Q6V8X9Y0ZABCDEFGHJK';
const SESSION_ID = '01JD3Z5Q6V8X9Y0ZABCDEFGHJM';
const RUN_ID = '0123456789abcdefghjkmnpqrs';
const AT = '2026-03-01T12:00:00.000Z';
const none = { done: 0, failed: 0 };

const answer: ChatAnswerV1 = {
  ...{ jobId: JOB_ID, sessionId: SESSION_ID, collection: 'docs', question: 'How?', route: 'retrieve' },
  ...{ answer: 'At night [1].', provider: { name: 'extractive' }, notice: 'It only quotes.', answeredAt: AT },
  citations: [
    {
      ...{ number: 1, chunkId: 'c', documentId: 'files/document#a.md', title: 'Deltas', quote: 'At night.' },
      url: 'https://example.org/a',
    },
  ],
};
const jobOf = (more: Partial<JobV1>): JobV1 => ({
  ...{ jobId: JOB_ID, kind: 'chat', state: 'done', attempt: 1, collection: 'docs', source: 'chat' },
  ...{ createdAt: AT, updatedAt: AT, complete: true },
  steps: { fetched: none, derived: none, chunked: none, durable: none, applied: none },
  totals: { documents: 0, unchanged: 0, rejected: 0, chunks: 0 },
  ...more,
});
const operation = { operationId: JOB_ID, operation: 'cancel-run', target: 'orchestrator', requestedAt: AT };

let server: Server;
let folder: string;
let replies: Record<string, [status: number, body: unknown]>;
let asked: [string, unknown][];

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      const key = `${request.method} ${request.url}`;
      asked.push([key, text === '' ? undefined : JSON.parse(text)]);
      const [status, body] = replies[key] ?? [404, { code: 'JOB_NOT_FOUND', detail: 'There is none.' }];
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  folder = await mkdtemp(join(tmpdir(), 'alluvium-chat-'));
  const api = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const connection = { api, bucket: 'b', eventBus: 'e', region: 'eu-west-1', awsEndpoints: {} };
  await mkdir(join(folder, '.alluvium', 'cloud'), { recursive: true });
  await writeFile(join(folder, '.alluvium', 'cloud', 'connection.json'), JSON.stringify(connection));
});

afterAll(async () => {
  server.close();
  server.closeAllConnections();
  await rm(folder, { recursive: true });
});

beforeEach(() => {
  [replies, asked] = [{}, []];
});

const started = { jobId: JOB_ID, sessionId: SESSION_ID, statusUrl: `/status/${JOB_ID}` };

describe('alluvium chat', () => {
  it('prints the answer with its citations, and how to go on', async () => {
    replies['POST /chat?wait=20'] = [200, { ...started, job: jobOf({ answer }) }];
    const { code, stdout, stderr } = await runAlluvium(folder, ['chat', 'How?', '--session', SESSION_ID]);
    expect([code, stdout]).toEqual([
      0,
      'At night [1].\n\n[1] Deltas  https://example.org/a\n\nIt only quotes.\n',
    ]);
    expect(stderr).toContain(`--session ${SESSION_ID}`);
    const body = { message: 'How?', collection: 'docs', sessionId: SESSION_ID };
    expect(asked).toEqual([['POST /chat?wait=20', body]]);
  });

  it('goes on waiting when the answer takes longer, and fails with the job', async () => {
    replies['POST /chat?wait=20'] = [202, started];
    const error = { code: 'MODEL_MISSING', message: 'no model' };
    replies[`GET /status/${JOB_ID}`] = [200, jobOf({ state: 'failed', error })];
    const { code, stderr } = await runAlluvium(folder, ['chat', 'How?']);
    expect([code, stderr]).toEqual([1, expect.stringContaining('no model')]);
  });
});

describe('alluvium jobs', () => {
  it('shows the parts that a stalled run misses', async () => {
    const missing = [{ stage: 'derived', first: 2, last: 4 }];
    const error = { code: 'RUN_STALLED', message: 'Nothing moved.' };
    const job = jobOf({ jobId: RUN_ID, kind: 'run', state: 'stalled', complete: false, missing, error });
    replies[`GET /status/${RUN_ID}`] = [200, job];
    const { stdout } = await runAlluvium(folder, ['jobs', 'show', RUN_ID]);
    expect(stdout).toContain('parts 2-4 never reached derived');
    expect(stdout).toContain('RUN_STALLED');
  });

  it('lists chats by what was asked', async () => {
    const job = { ...jobOf({}), promptPreview: 'How do deltas settle?' };
    replies['GET /jobs'] = [200, { jobs: [job], cursor: 'next' }];
    const { stdout, stderr } = await runAlluvium(folder, ['jobs', 'ls']);
    expect(stdout).toContain('How do d');
    expect(stderr).toContain('--cursor next');
  });

  it('cancels a run by an operation, and tells what came of it', async () => {
    replies['POST /operations'] = [202, { operationId: JOB_ID, statusUrl: `/operations/${JOB_ID}` }];
    replies[`GET /operations/${JOB_ID}`] = [
      200,
      { ...operation, state: 'done', summary: 'It is cancelled.' },
    ];
    const { code, stdout } = await runAlluvium(folder, [
      'jobs',
      'cancel',
      RUN_ID,
      '--yes',
      '--reason',
      'wrong',
    ]);
    expect([code, stdout]).toEqual([0, 'It is cancelled.\n']);
    expect(asked[0]).toEqual([
      'POST /operations',
      { operation: 'cancel-run', args: { runId: RUN_ID }, reason: 'wrong' },
    ]);
  });

  it('does not cancel unasked', async () => {
    const { code } = await runAlluvium(folder, ['jobs', 'cancel', RUN_ID]);
    expect([code, asked]).toEqual([2, []]);
  });
});

describe('alluvium collections delete', () => {
  it('deletes what was named twice, and nothing else', async () => {
    replies['DELETE /collections/docs'] = [204, undefined];
    const unsure = await runAlluvium(folder, ['collections', 'delete', 'docs']);
    const wrong = await runAlluvium(folder, ['collections', 'delete', 'docs', '--confirm', 'doc']);
    expect([unsure.code, wrong.code, asked]).toEqual([2, 2, []]);
    const done = await runAlluvium(folder, ['collections', 'delete', 'docs', '--confirm', 'docs']);
    expect([done.code, done.stdout]).toEqual([0, expect.stringContaining('docs is deleted')]);
    expect(asked).toEqual([['DELETE /collections/docs', undefined]]);
  });
});
