import { CreateBucketCommand, GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startServers, type Servers } from '@alluvium/local';
import { s3Presigner } from '../src/adapters/presigner-s3.ts';
import type { UploadForm } from '../src/ports.ts';

const PREFIX = 'inbox/docs/u1/';
let servers: Servers;
let client: S3Client;
let form: UploadForm;

beforeAll(async () => {
  servers = await startServers();
  client = new S3Client({ endpoint: servers.endpoints.s3, forcePathStyle: true });
  await client.send(new CreateBucketCommand({ Bucket: 'data' }));
  const presigner = s3Presigner({ client, bucket: 'data' });
  form = await presigner.upload({ prefix: PREFIX, maxBytes: 10, expiresSeconds: 60 });
});

afterAll(async () => {
  client.destroy();
  await servers.close();
});

const send = async (key: string, content: string): Promise<number> => {
  const body = new FormData();
  for (const [name, value] of Object.entries({ ...form.fields, key })) body.set(name, value);
  body.set('file', new Blob([content]), 'a.md');
  return (await fetch(form.url, { method: 'POST', body })).status;
};

describe('a form for uploads, sent to S3', () => {
  it('puts a file below its prefix', async () => {
    expect(await send(`${PREFIX}guides/a.md`, 'text')).toBe(204);
    const stored = await client.send(new GetObjectCommand({ Bucket: 'data', Key: `${PREFIX}guides/a.md` }));
    expect(await stored.Body?.transformToString()).toBe('text');
  });

  it.each([
    ['another place', 'collections/docs.json', 'text'],
    ['another upload', 'inbox/docs/u2/a.md', 'text'],
    ['a file that is too large', `${PREFIX}a.md`, 'x'.repeat(11)],
  ])('is refused for %s', async (_, key, content) => {
    expect(await send(key, content)).toBeGreaterThanOrEqual(400);
  });
});
