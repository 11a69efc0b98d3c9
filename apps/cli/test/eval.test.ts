import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runAlluvium } from './support/run-alluvium.ts';

let folder: string;
let server: Server;
const asked: URLSearchParams[] = [];

const hit = (entityId: string, rank: number) => ({
  id: entityId.padEnd(26, '0'),
  documentId: `judged/document#${entityId}`,
  source: 'judged',
  entity: 'document',
  entityId,
  title: entityId,
  attributes: {},
  snippet: 'Silt.',
  start: 0,
  end: 5,
  score: 1 / rank,
  scores: {},
});

// Lexical search finds the document first, dense search second and behind two chunks of another one.
const answer = (mode: string | null) => ({
  results: (mode === 'lexical' ? ['a'] : ['b', 'b', 'a']).map((id, index) => hit(id, index + 1)),
  collection: 'docs',
  mode: mode ?? 'hybrid',
  matched: 1,
  read: { requests: 1, bytes: 1 },
  timings: { embedMs: 1, openMs: 1, searchMs: 1, totalMs: 3 },
});

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alluvium-eval-'));
  await writeFile(
    join(folder, 'queries.jsonl'),
    '{"_id": "1", "text": "silt"}\n{"_id": "2", "text": "sand"}\n',
  );
  await writeFile(join(folder, 'qrels.tsv'), 'query-id\tcorpus-id\tscore\n1\ta\t1\n');
  server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? '', 'http://localhost');
    asked.push(searchParams);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(answer(searchParams.get('mode'))));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  process.env['ALLUVIUM_API_URL'] = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
});
afterAll(async () => {
  delete process.env['ALLUVIUM_API_URL'];
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true });
});

const alluvium = (...args: string[]) => runAlluvium(folder, ['eval', ...args]);

describe('alluvium eval', () => {
  it('prints the quality of a mode as one object', async () => {
    const { code, stdout, stderr } = await alluvium('.', '-c', 'docs', '--mode', 'dense', '--json');
    expect([code, stderr]).toEqual([0, 'Asking 2 queries of docs, dense.\n']);
    expect(JSON.parse(stdout)).toMatchObject({
      collection: 'docs',
      depth: 300,
      modes: [{ mode: 'dense', queries: 1, unjudged: 1, ndcgAt10: 0.6309, recallAt10: 1, mrrAt10: 0.5 }],
    });
    expect(Object.fromEntries(asked.at(-1) ?? [])).toEqual({
      q: 'silt',
      collection: 'docs',
      mode: 'dense',
      k: '300',
    });
  });

  it('compares the modes in a table', async () => {
    const { stdout } = await alluvium('.', '-c', 'docs');
    const [header = '', ...rows] = stdout.trimEnd().split('\n');
    expect(header).toMatch(/^mode +nDCG@10 +R@10 +R@100 +MAP +MRR@10 +p50 ms +p95 ms$/);
    expect(rows.map((row) => row.split(/ +/).slice(0, 2))).toEqual([
      ['dense', '0.631'],
      ['lexical', '1.000'],
      ['hybrid', '0.631'],
    ]);
  });

  it.each([
    [['./nowhere', '-c', 'docs'], 'nowhere/qrels.tsv cannot be read'],
    [['.', '-c', 'docs', '--mode', 'magic'], 'no mode magic'],
    [['.', '-c', 'docs', '--depth', '0'], '--depth is a whole number from 1 to 1,000'],
    [['.', '-c', '../x'], '"../x" cannot be the name'],
  ])('explains a wrong call: %j', async (args, message) => {
    const { code, stdout, stderr } = await alluvium(...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
  });
});
