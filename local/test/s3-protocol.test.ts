import { request, type IncomingHttpHeaders } from 'node:http';
import {
  CreateBucketCommand,
  GetObjectCommand,
  PutBucketCorsCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { combineCrc, crc32c, crc64nvme } from '../src/s3/crc.ts';
import { startS3, type S3Server } from '../src/s3/s3-server.ts';
import { parseXml } from '../src/s3/xml.ts';
import { s3Client } from './s3-helpers.ts';

let server: S3Server;

beforeAll(async () => {
  server = await startS3();
  const client = s3Client(server.endpoint);
  await client.send(new CreateBucketCommand({ Bucket: 'photos' }));
  await client.send(new PutObjectCommand({ Bucket: 'photos', Key: 'a/b', Body: 'body' }));
  client.destroy();
});
afterAll(() => server.close());

interface Answer {
  status: number | undefined;
  headers: IncomingHttpHeaders;
  text: string;
}

/** What an SDK would not send. */
const send = (
  path: string,
  { body, ...options }: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const headers = { authorization: 'AWS4-HMAC-SHA256 unverified', ...options.headers };
    const call = request(new URL(server.endpoint), { ...options, path, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, text }));
    });
    call.on('error', reject);
    call.end(body);
  });

const chunked = (text: string, headers: Record<string, string> = {}) => ({
  method: 'PUT',
  body: text,
  headers: {
    'content-encoding': 'aws-chunked',
    'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
    'x-amz-decoded-content-length': '9',
    ...headers,
  },
});

describe('the S3 protocol', () => {
  it.each(['photos.localhost', 'photos.s3.localhost:4566'])(
    'finds the bucket in the host %s',
    async (host) => {
      const answer = await send('/a/b', { headers: { host } });
      expect(answer).toMatchObject({ status: 200, text: 'body' });
    },
  );

  it('addresses buckets by path at localhost', async () => {
    expect((await send('/photos/a/b', { headers: { host: 'localhost' } })).text).toBe('body');
  });

  it('is closed to other names for this machine', async () => {
    expect((await send('/photos/a/b', { headers: { host: 'evil.example' } })).status).toBe(403);
  });

  it('explains an error as S3 does', async () => {
    const { status, headers, text } = await send('/photos/absent');
    expect(status).toBe(404);
    expect(headers['content-type']).toBe('application/xml');
    const fields = parseXml(text).children.map((child) => [child.name, child.text]);
    expect(Object.fromEntries(fields)).toMatchObject({
      Code: 'NoSuchKey',
      Message: 'The specified key does not exist.',
      Key: 'absent',
      Resource: '/photos/absent',
      RequestId: headers['x-amz-request-id'],
    });
  });

  it('says nothing in the body of a failed HEAD', async () => {
    const { status, text, headers } = await send('/photos/absent', { method: 'HEAD' });
    expect([status, text]).toEqual([404, '']);
    expect(headers['x-amz-request-id']).toMatch(/^[\dA-Z]{16}$/);
  });

  it.each([
    ['no', {}, 403],
    ['any', { authorization: 'AWS4-HMAC-SHA256 Credential=who/ever' }, 200],
  ])('answers a request with %s signature', async (_name, headers, status) => {
    expect((await fetch(`${server.endpoint}/photos/a/b`, { headers })).status).toBe(status);
  });

  it('does not leave the bucket over a key full of dots', async () => {
    await send('/photos/../../x', { method: 'PUT', body: 'dots', headers: { 'content-length': '4' } });
    expect((await send('/photos/../../x')).text).toBe('dots');
    expect((await send('/photos/%2e%2e/../x')).text).toBe('dots');
  });

  it('decodes signed chunks and ignores how they are cut', async () => {
    const text =
      '4;chunk-signature=ab\r\n1234\r\n5;chunk-signature=cd\r\n56789\r\n0;chunk-signature=ef\r\n\r\n';
    expect((await send('/photos/chunks', chunked(text))).status).toBe(200);
    expect((await send('/photos/chunks')).text).toBe('123456789');
  });

  it.each([
    ['ends early', '9\r\n12345'],
    ['is too short', '4\r\n1234\r\n0\r\n\r\n'],
    ['has no sizes', 'nonsense\r\n'],
  ])('refuses a chunked body that %s', async (_name, text) => {
    const answer = await send('/photos/broken', chunked(text));
    expect([answer.status, /<Code>(\w+)/.exec(answer.text)?.[1]]).toEqual([400, 'IncompleteBody']);
    expect((await send('/photos/broken')).status).toBe(404);
  });

  it('wants to know the length of a body', async () => {
    const headers = { 'transfer-encoding': 'chunked' };
    expect((await send('/photos/x', { method: 'PUT', body: 'body', headers })).status).toBe(501);
  });

  it('refuses a body that is not the one that was signed', async () => {
    const headers = { 'x-amz-content-sha256': '0'.repeat(64), 'content-length': '4' };
    const { text } = await send('/photos/x', { method: 'PUT', body: 'body', headers });
    expect(text).toContain('<Code>XAmzContentSHA256Mismatch</Code>');
  });

  it('answers metadata that is not ASCII as an encoded word', async () => {
    const headers = { 'x-amz-meta-name': 'Ä', 'content-length': '0' };
    await send('/photos/named', { method: 'PUT', headers });
    expect((await send('/photos/named')).headers['x-amz-meta-name']).toBe('=?UTF-8?B?w4Q=?=');
  });

  it('lets a page of an allowed origin read and write', async () => {
    const client = s3Client(server.endpoint);
    const rule = { AllowedOrigins: ['http://localhost:*'], AllowedMethods: ['PUT'], AllowedHeaders: ['*'] };
    await client.send(
      new PutBucketCorsCommand({ Bucket: 'photos', CORSConfiguration: { CORSRules: [rule] } }),
    );
    const preflight = (origin: string) =>
      send('/photos/x', {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'PUT', 'access-control-request-headers': 'a' },
      });
    const { status, headers } = await preflight('http://localhost:3000');
    expect([status, headers['access-control-allow-origin']]).toEqual([200, 'http://localhost:3000']);
    expect((await preflight('http://127.0.0.1:3000')).status).toBe(403);
    client.destroy();
  });

  it('refuses a client that expects another owner', async () => {
    const client = s3Client(server.endpoint);
    const call = client.send(
      new GetObjectCommand({ Bucket: 'photos', Key: 'a/b', ExpectedBucketOwner: '1' }),
    );
    await expect(call).rejects.toMatchObject({ name: 'AccessDenied' });
    client.destroy();
  });
});

describe('CRCs', () => {
  const [whole, head, tail] = ['123456789', '1234', '56789'].map((text) => Buffer.from(text));

  it('have the check values of their definitions', () => {
    expect(crc32c(whole!, 0)).toBe(0xe3069283);
    expect(crc64nvme(whole!, 0n)).toBe(0xae8b14860a799888n);
  });

  it('combine without the bytes', () => {
    const crc = crc64nvme(tail!, 0n);
    expect(combineCrc('CRC64NVME', crc64nvme(head!, 0n), { crc, sizeBytes: 5 })).toBe(crc64nvme(whole!, 0n));
    const short = BigInt(crc32c(tail!, 0));
    expect(combineCrc('CRC32C', BigInt(crc32c(head!, 0)), { crc: short, sizeBytes: 5 })).toBe(0xe3069283n);
  });
});
