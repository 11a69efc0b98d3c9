import { createHmac } from 'node:crypto';
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { describe, expect, it } from '@jest/globals';
import type { S3Scenario } from './s3-conformance-scenario.ts';

const codeOf = async (answer: Response): Promise<string> =>
  `${answer.status} ${/<Code>(\w+)</.exec(await answer.text())?.[1] ?? ''}`.trim();

const urlTests = ({ client, bucket, put, text }: S3Scenario): void => {
  it('serves a presigned GET and refuses it changed or unsigned', async () => {
    const Bucket = await bucket();
    await put(Bucket, 'a key+ü', 'body');
    const signed = await getSignedUrl(client(), new GetObjectCommand({ Bucket, Key: 'a key+ü' }));
    expect(await (await fetch(signed)).text()).toBe('body');
    const changed = signed.replace('a%20key', 'b%20key');
    expect(await codeOf(await fetch(changed))).toBe('403 SignatureDoesNotMatch');
    expect(await codeOf(await fetch(new URL(new URL(signed).pathname, signed)))).toBe('403 AccessDenied');
  });

  it('stores through a presigned PUT with its metadata', async () => {
    const Bucket = await bucket();
    const input = { Bucket, Key: 'key', Metadata: { by: 'url' }, ContentType: 'text/plain' };
    const url = await getSignedUrl(client(), new PutObjectCommand(input));
    const sent = { method: 'PUT', body: 'body', headers: { 'content-type': 'text/plain' } };
    expect((await fetch(url, sent)).status).toBe(200);
    expect(await text(Bucket, 'key')).toBe('body');
    const head = await client().send(new HeadObjectCommand({ Bucket, Key: 'key' }));
    expect(head.Metadata).toEqual({ by: 'url' });
    expect(await codeOf(await fetch(url, { method: 'DELETE' }))).toBe('403 SignatureDoesNotMatch');
  });

  it('holds a presigned PUT to a signed condition', async () => {
    const Bucket = await bucket();
    await put(Bucket, 'key', 'first');
    const url = await getSignedUrl(client(), new PutObjectCommand({ Bucket, Key: 'key', IfNoneMatch: '*' }));
    const conditional = { method: 'PUT', body: 'second', headers: { 'if-none-match': '*' } };
    expect(await codeOf(await fetch(url, conditional))).toBe('412 PreconditionFailed');
    expect(await codeOf(await fetch(url, { method: 'PUT', body: 'second' }))).toBe(
      '403 SignatureDoesNotMatch',
    );
  });

  it('refuses headers that were not signed and URLs that have expired', async () => {
    const Bucket = await bucket();
    const put = new PutObjectCommand({ Bucket, Key: 'key' });
    const url = await getSignedUrl(client(), put);
    const sent = { method: 'PUT', body: 'body', headers: { 'x-amz-meta-more': 'yes' } };
    expect(await codeOf(await fetch(url, sent))).toBe('403 AccessDenied');
    const signingDate = new Date(Date.now() - 120_000);
    const old = await getSignedUrl(client(), new GetObjectCommand({ Bucket, Key: 'key' }), {
      signingDate,
      expiresIn: 60,
    });
    expect(await codeOf(await fetch(old))).toBe('403 AccessDenied');
  });
};

interface FormOptions {
  conditions?: unknown[];
  expiration?: Date;
  fields?: Record<string, string>;
}

const hmac = (key: string | Buffer, value: string): Buffer =>
  createHmac('sha256', key).update(value).digest();

const formTests = ({ client, bucket, text }: S3Scenario): void => {
  /** Posts a file under a policy signed as browsers are given it. */
  const post = async (Bucket: string, file: string, options: FormOptions = {}): Promise<Response> => {
    const { accessKeyId, secretAccessKey, sessionToken } = await client().config.credentials();
    const region = await client().config.region();
    const time = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
    const scope = [time.slice(0, 8), region, 's3', 'aws4_request'];
    const fields: Record<string, string> = {
      key: 'user/${filename}',
      'x-amz-algorithm': 'AWS4-HMAC-SHA256',
      'x-amz-credential': [accessKeyId, ...scope].join('/'),
      'x-amz-date': time,
      ...(sessionToken === undefined ? {} : { 'x-amz-security-token': sessionToken }),
    };
    const { key: _key, ...exact } = fields;
    const conditions = [
      { bucket: Bucket },
      ['starts-with', '$key', 'user/'],
      ['content-length-range', 3, 10],
      ...Object.entries(exact).map(([name, value]) => ({ [name]: value })),
      ...(options.conditions ?? []),
    ];
    const expiration = (options.expiration ?? new Date(Date.now() + 60_000)).toISOString();
    const policy = Buffer.from(JSON.stringify({ expiration, conditions })).toString('base64');
    const signature = hmac(scope.reduce(hmac, Buffer.from(`AWS4${secretAccessKey}`)), policy).toString('hex');
    const form = new FormData();
    const all = { ...fields, policy, 'x-amz-signature': signature, ...options.fields };
    for (const [name, value] of Object.entries(all)) form.set(name, value);
    form.set('file', new Blob([file]), 'a ü.txt');
    const url = new URL(await getSignedUrl(client(), new HeadObjectCommand({ Bucket, Key: 'x' })));
    return fetch(new URL('.', url.origin + url.pathname), { method: 'POST', body: form });
  };

  it('stores a posted file', async () => {
    const Bucket = await bucket();
    expect((await post(Bucket, 'hello')).status).toBe(204);
    expect(await text(Bucket, 'user/a ü.txt')).toBe('hello');
  });

  it('answers with a document on demand', async () => {
    const Bucket = await bucket();
    const status = { success_action_status: '201' };
    const answer = await post(Bucket, 'hello', { conditions: [status], fields: status });
    expect(answer.status).toBe(201);
    expect(await answer.text()).toContain(`<Bucket>${Bucket}</Bucket>`);
  });

  it.each<[string, string, FormOptions, string]>([
    ['a file that is too large', 'x'.repeat(11), {}, '400 EntityTooLarge'],
    ['a file that is too small', 'x', {}, '400 EntityTooSmall'],
    ['a key outside the policy', 'hello', { fields: { key: 'other/key' } }, '403 AccessDenied'],
    ['a field the policy does not name', 'hello', { fields: { 'x-amz-meta-a': 'b' } }, '403 AccessDenied'],
    ['an expired policy', 'hello', { expiration: new Date(0) }, '403 AccessDenied'],
    ['a changed policy', 'hello', { fields: { policy: 'e30=' } }, '403 SignatureDoesNotMatch'],
  ])('refuses %s', async (_name, file, options, expected) => {
    expect(await codeOf(await post(await bucket(), file, options))).toBe(expected);
  });
};

export const s3PresignedTests = (scenario: S3Scenario): void => {
  describe('presigned URLs', () => {
    urlTests(scenario);
  });
  describe('presigned forms', () => {
    formTests(scenario);
  });
};
