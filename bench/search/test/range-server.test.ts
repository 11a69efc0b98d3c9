import { mkdtempSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chainLength } from '../server/request-log.ts';
import { startServer, type RangeServer } from '../server/start-server.ts';

const span = (startMs: number, endMs: number) => ({ startMs, endMs });

describe('chainLength', () => {
  it.each([
    ['nothing', [], 0],
    ['requests side by side', [span(0, 10), span(1, 12), span(9, 14)], 1],
    ['one after the other', [span(0, 10), span(10, 20), span(25, 30)], 3],
    ['short ones beside a long one', [span(0, 100), span(0, 30), span(30, 60), span(60, 90)], 3],
  ])('is the longest chain: %s', (_, requests, expected) => {
    expect(chainLength(requests)).toBe(expected);
  });
});

describe('the range server', () => {
  let folder: string;
  let server: RangeServer;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'range-server-'));
    mkdirSync(join(folder, 'bucket/indexes'), { recursive: true });
    writeFileSync(join(folder, 'bucket/indexes/HEAD'), '0123456789');
    server = await startServer(folder, { latencyMs: 5, megabytesPerS: 0 });
  });

  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  const get = (key: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${server.endpoint}/bucket/${key}`, { headers });

  it.each([
    ['bytes=2-4', '234', 'bytes 2-4/10'],
    ['bytes=7-', '789', 'bytes 7-9/10'],
    ['bytes=-3', '789', 'bytes 7-9/10'],
    ['bytes=8-99', '89', 'bytes 8-9/10'],
  ])('answers the range %s', async (range, body, contentRange) => {
    const response = await get('indexes/HEAD', { range });
    expect([response.status, response.headers.get('content-range'), await response.text()]).toEqual([
      206,
      contentRange,
      body,
    ]);
  });

  it('refuses a range behind the end, and keys that are not there', async () => {
    expect((await get('indexes/HEAD', { range: 'bytes=10-' })).status).toBe(416);
    expect((await get('indexes/TAIL')).status).toBe(404);
  });

  it('answers an unchanged object with 304', async () => {
    const etag = (await get('indexes/HEAD')).headers.get('etag') ?? '';
    expect((await get('indexes/HEAD', { 'if-none-match': etag })).status).toBe(304);
  });

  it('lists what was put', async () => {
    await fetch(`${server.endpoint}/bucket/new/object`, { method: 'PUT', body: 'text' });
    const text = await (await get('?list-type=2&prefix=new/')).text();
    expect(text).toContain('<Key>new/object</Key>');
    expect(text).not.toContain('HEAD');
  });

  it('tells what an answer took', async () => {
    await server.traffic();
    await get('indexes/HEAD');
    await Promise.all([get('indexes/HEAD'), get('indexes/HEAD', { range: 'bytes=0-4' })]);
    expect(await server.traffic()).toMatchObject({ requests: 3, bytes: 25, roundTrips: 2 });
  });
});
