import { S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it } from '@jest/globals';
import { assertProduced, uploadResponseV1 } from '@alluvium/contracts';
import { s3Presigner } from '../src/adapters/presigner-s3.ts';
import { httpOf } from './support/http.ts';
import { makeWorld } from './support/world.ts';

describe('POST /uploads', () => {
  it('gives a place of its own below the inbox, and a form for it', async () => {
    const call = httpOf(makeWorld());
    const ask = () => call({ method: 'POST', path: '/uploads', body: { collection: 'docs' } });
    const [first, second] = [await ask(), await ask()];
    expect(first.status).toBe(201);
    const upload = assertProduced(uploadResponseV1, first.body);
    expect(upload.prefix).toBe(`inbox/docs/${upload.uploadId}/`);
    expect(upload.manifestKey).toBe(`${upload.prefix}_upload.json`);
    expect(upload.expiresAt).toBe('2026-03-01T13:00:00.000Z');
    expect(assertProduced(uploadResponseV1, second.body).uploadId).not.toBe(upload.uploadId);
  });

  it.each([{}, { collection: '../x' }, { collection: 'docs', prefix: 'models/' }])(
    'refuses %j',
    async (body) => {
      const answer = await httpOf(makeWorld())({ method: 'POST', path: '/uploads', body });
      expect(answer).toMatchObject({ status: 400, body: { code: 'REQUEST_INVALID' } });
    },
  );
});

describe('a form for uploads', () => {
  const client = new S3Client({
    region: 'eu-west-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
  const presigner = s3Presigner({ client, bucket: 'data' });

  it('holds to the prefix, the size and the time', async () => {
    const limits = { prefix: 'inbox/docs/u1/', maxBytes: 100, expiresSeconds: 60 };
    const { url, fields } = await presigner.upload(limits);
    expect(new URL(url).host).toContain('data');
    const policy = JSON.parse(Buffer.from(fields['Policy'] ?? '', 'base64').toString('utf8')) as {
      conditions: unknown[];
      expiration: string;
    };
    expect(policy.conditions).toContainEqual(['starts-with', '$key', 'inbox/docs/u1/']);
    expect(policy.conditions).toContainEqual(['content-length-range', 0, 100]);
    expect(policy.conditions).toContainEqual({ bucket: 'data' });
    expect(Date.parse(policy.expiration) - Date.now()).toBeLessThanOrEqual(60_000);
  });

  it('is a link for reading one object for so long', async () => {
    const url = new URL(await presigner.download('jobs/j1/answer.json', 300));
    expect(url.pathname).toBe('/jobs/j1/answer.json');
    expect(url.searchParams.get('X-Amz-Expires')).toBe('300');
  });
});
