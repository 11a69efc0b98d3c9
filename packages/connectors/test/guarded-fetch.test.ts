import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { guardedFetch, type GuardOptions } from '../src/index.ts';
import { startFakeServer, type FakeAnswer, type FakeServer } from './support/fake-server.ts';

/** Names that resolve to what the test says. */
const resolvingTo =
  (...answers: string[]): NonNullable<GuardOptions['resolveAll']> =>
  (_, __, callback) =>
    callback(null, [{ address: answers.length > 1 ? answers.shift()! : answers[0]!, family: 4 }]);

const allowed = { allowedHosts: ['127.0.0.1'] };

let answers: Record<string, FakeAnswer>;
let server: FakeServer;

beforeEach(async () => {
  answers = { '/': { body: 'hello' } };
  server = await startFakeServer((url) => answers[url.pathname] ?? { status: 404 });
});
afterEach(() => server.close());

const textAt = async (path: string, options: GuardOptions = allowed): Promise<string> => {
  const { body } = await guardedFetch(options).fetch({ url: `${server.url}${path}` });
  return new TextDecoder().decode(body);
};

describe('an address', () => {
  it.each([
    'http://127.0.0.1/',
    'http://localhost/',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://0/',
    'http://10.1.2.3/',
    'http://169.254.169.254/latest/meta-data/',
    'http://168.63.129.16/',
    'http://100.64.0.1/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[fe80::1]/',
    'http://[fd00:ec2::254]/',
    'http://[64:ff9b::a00:1]/',
    'http://[2002:a00:1::]/',
  ])('that is not public is refused: %s', async (url) => {
    await expect(guardedFetch().fetch({ url })).rejects.toMatchObject({
      code: 'ADDRESS_REFUSED',
      kind: 'invalid',
    });
  });

  it('of a host that is allowed by name is asked', async () => {
    expect(await textAt('/')).toBe('hello');
  });

  it('is judged when the socket connects: a name that answers otherwise the second time gains nothing', async () => {
    const port = new URL(server.url).port;
    const client = guardedFetch({ resolveAll: resolvingTo('127.0.0.1') });
    await expect(client.fetch({ url: `http://rebound.example:${port}/` })).rejects.toMatchObject({
      code: 'ADDRESS_REFUSED',
      details: { host: 'rebound.example', address: '127.0.0.1' },
    });
    expect(server.requests).toEqual([]);
  });

  it('among others that are public condemns the name', async () => {
    const client = guardedFetch({
      resolveAll: (_, __, callback) =>
        callback(null, [
          { address: '93.184.215.14', family: 4 },
          { address: '10.0.0.1', family: 4 },
        ]),
    });
    await expect(client.fetch({ url: 'http://mixed.example/' })).rejects.toMatchObject({
      code: 'ADDRESS_REFUSED',
    });
  });
});

describe('a redirect', () => {
  it('is followed', async () => {
    answers['/from'] = { status: 302, headers: { location: '/' } };
    const { body, url } = await guardedFetch(allowed).fetch({ url: `${server.url}/from` });
    expect([new TextDecoder().decode(body), url]).toEqual(['hello', `${server.url}/`]);
  });

  it.each([
    ['to an address that is not public', 'http://10.0.0.1/', 'ADDRESS_REFUSED'],
    ['to another scheme', 'file:///etc/passwd', 'URL_INVALID'],
    ['to itself', '/from', 'REDIRECT_REFUSED'],
    ['to what is not a URL', 'http://', 'REDIRECT_REFUSED'],
  ])('%s is refused', async (_, location, code) => {
    answers['/from'] = { status: 302, headers: { location } };
    await expect(textAt('/from')).rejects.toMatchObject({ code });
  });

  it('to another site loses the credentials', async () => {
    const other = await startFakeServer(() => ({ body: 'there' }));
    answers['/from'] = { status: 307, headers: { location: `${other.url}/` } };
    const headers = { authorization: 'Bearer secret', 'x-api-key': 'secret', accept: 'text/plain' };
    await guardedFetch(allowed).fetch({ url: `${server.url}/from`, headers });
    const [heard] = other.requests;
    expect(heard?.headers).toMatchObject({ accept: 'text/plain' });
    expect(JSON.stringify(heard?.headers)).not.toContain('secret');
    await other.close();
  });
});

describe('a body', () => {
  it('is decompressed', async () => {
    answers['/zipped'] = { headers: { 'content-encoding': 'gzip' }, body: gzipSync('unpacked') };
    expect(await textAt('/zipped')).toBe('unpacked');
  });

  it('that unpacks to more than is allowed is not unpacked to its end', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
    answers['/bomb'] = { headers: { 'content-encoding': 'gzip' }, body: bomb };
    expect(bomb.length).toBeLessThan(1024 * 1024);
    await expect(textAt('/bomb', { ...allowed, maxBytes: 1024 * 1024 })).rejects.toMatchObject({
      code: 'BODY_TOO_LARGE',
    });
  });

  it('that is announced to be too large is not read', async () => {
    answers['/large'] = { body: 'x'.repeat(2000) };
    await expect(textAt('/large', { ...allowed, maxBytes: 1000 })).rejects.toMatchObject({
      code: 'BODY_TOO_LARGE',
    });
  });

  it.each([
    ['is not what its encoding says', 'gzip'],
    ['is packed twice', 'gzip, gzip'],
  ])('that %s is refused', async (_, encoding) => {
    answers['/odd'] = { headers: { 'content-encoding': encoding }, body: 'plain' };
    await expect(textAt('/odd')).rejects.toMatchObject({ code: 'BODY_CORRUPT' });
  });

  it('that never comes ends with the time', async () => {
    const silent = await import('node:net').then(({ createServer }) => {
      const listening = createServer();
      return new Promise<typeof listening>((resolve) => {
        listening.listen(0, '127.0.0.1', () => resolve(listening));
      });
    });
    const { port } = silent.address() as { port: number };
    const client = guardedFetch({ ...allowed, timeoutMs: 50 });
    await expect(client.fetch({ url: `http://127.0.0.1:${port}/?token=secret` })).rejects.toMatchObject({
      code: 'SOURCE_UNAVAILABLE',
      kind: 'unavailable',
      message: expect.not.stringContaining('secret'),
    });
    silent.close();
  });
});

describe('a URL', () => {
  it.each(['ftp://example.org/', 'file:///etc/passwd', 'data:text/plain,x', 'nothing'])(
    'that is not http(s) is refused: %s',
    async (url) => {
      await expect(guardedFetch().fetch({ url })).rejects.toMatchObject({ code: 'URL_INVALID' });
    },
  );
});
