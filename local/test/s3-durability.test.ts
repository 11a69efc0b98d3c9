import { spawn } from 'node:child_process';
import { request } from 'node:http';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectVersionsCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  UploadPartCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startS3, type S3Notification } from '../src/s3/s3-server.ts';
import { s3Client } from './s3-helpers.ts';

const Bucket = 'durable';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 's3-'));
});
afterEach(() => rm(directory, { recursive: true }));

const read = async (client: S3Client, Key: string): Promise<string> =>
  (await client.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString() ?? '';

const blobCount = async (): Promise<number> => {
  const entries = await readdir(join(directory, 'blobs'), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).length;
};

const startProcess = async () => {
  const script = fileURLToPath(new URL('s3-process.ts', import.meta.url));
  const child = spawn(process.execPath, [script, directory], { stdio: ['ignore', 'pipe', 'inherit'] });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  const endpoint = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (text: Buffer) => resolve(text.toString().trim()));
    child.once('exit', () => reject(new Error('The server did not start.')));
  });
  return {
    endpoint,
    client: s3Client(endpoint),
    kill: async () => {
      child.kill('SIGKILL');
      await gone;
    },
  };
};

const withServer = async (
  use: (client: S3Client) => Promise<void>,
  onEvent?: (e: S3Notification) => Promise<void>,
) => {
  const server = await startS3({ directory, ...(onEvent && { onEvent }) });
  const client = s3Client(server.endpoint);
  try {
    await use(client);
  } finally {
    client.destroy();
    await server.close();
  }
};

/** Begins an upload that will never end, and waits until some of it is on disk. */
const beginUpload = async (endpoint: string): Promise<void> => {
  const headers = { authorization: 'unverified', 'content-length': '1000000' };
  const call = request(`${endpoint}/${Bucket}/unfinished`, { method: 'PUT', headers });
  call.on('error', () => undefined);
  call.write('the beginning');
  while ((await blobCount()) === 0) await new Promise((resolve) => setTimeout(resolve, 5));
};

/** Puts objects in parallel until the process is killed in the midst of it; returns what was acknowledged. */
const putUntilKilled = async ({
  client,
  kill,
}: Awaited<ReturnType<typeof startProcess>>): Promise<string[]> => {
  const acknowledged: string[] = [];
  const writer = async (name: string): Promise<never> => {
    for (let index = 0; ; index++) {
      const Key = `${name}/${String(index)}`;
      await client.send(new PutObjectCommand({ Bucket, Key, Body: Key.repeat(1000) }));
      acknowledged.push(Key);
    }
  };
  const writers = Promise.allSettled(['a', 'b', 'c', 'd'].map(writer));
  while (acknowledged.length < 100) await new Promise((resolve) => setTimeout(resolve, 5));
  await kill();
  await writers;
  client.destroy();
  return acknowledged;
};

describe('S3 in a directory', () => {
  it('keeps everything over a restart', async () => {
    let upload = {};
    let ETag: string | undefined;
    let VersionId: string | undefined;
    await withServer(async (client) => {
      await client.send(new CreateBucketCommand({ Bucket }));
      await client.send(
        new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }),
      );
      await client.send(new PutObjectCommand({ Bucket, Key: 'key', Body: 'one' }));
      ({ VersionId } = await client.send(new PutObjectCommand({ Bucket, Key: 'key', Body: 'two' })));
      const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key: 'parts' }));
      upload = { UploadId };
      ({ ETag } = await client.send(
        new UploadPartCommand({ Bucket, Key: 'parts', UploadId, PartNumber: 1, Body: 'part' }),
      ));
    });
    await withServer(async (client) => {
      expect(await read(client, 'key')).toBe('two');
      const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
      const complete = { Bucket, Key: 'parts', UploadId: undefined, ...upload, MultipartUpload };
      await client.send(new CompleteMultipartUploadCommand(complete));
      expect(await read(client, 'parts')).toBe('part');
      await client.send(new PutObjectCommand({ Bucket, Key: 'key', Body: 'three' }));
      const { Versions = [] } = await client.send(new ListObjectVersionsCommand({ Bucket, Prefix: 'key' }));
      expect(Versions).toHaveLength(3);
      expect(Versions[1]?.VersionId).toBe(VersionId);
    });
  });

  it('loses no acknowledged write, event or space to kill -9', async () => {
    const running = await startProcess();
    await running.client.send(new CreateBucketCommand({ Bucket }));
    const NotificationConfiguration = { EventBridgeConfiguration: {} };
    await running.client.send(
      new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration }),
    );
    await beginUpload(running.endpoint);
    const acknowledged = await putUntilKilled(running);

    const told = new Set<string>();
    const onEvent = async ({ detail }: S3Notification) => void told.add(detail.object.key);
    await withServer(async (client) => {
      for (const key of acknowledged) expect(await read(client, key)).toBe(key.repeat(1000));
      const { Versions = [] } = await client.send(new ListObjectVersionsCommand({ Bucket }));
      expect(await blobCount()).toBe(Versions.length);
    }, onEvent);
    expect(acknowledged.filter((key) => !told.has(key))).toEqual([]);
  });

  it('removes bodies that were overwritten, deleted or refused', async () => {
    await withServer(async (client) => {
      await client.send(new CreateBucketCommand({ Bucket }));
      for (const Body of ['one', 'two'])
        await client.send(new PutObjectCommand({ Bucket, Key: 'kept', Body }));
      await client.send(new PutObjectCommand({ Bucket, Key: 'gone', Body: 'body' }));
      await client.send(new DeleteObjectCommand({ Bucket, Key: 'gone' }));
      const refused = { Bucket, Key: 'refused', Body: 'body', ChecksumCRC32: 'AAAAAA==' };
      await expect(client.send(new PutObjectCommand(refused))).rejects.toThrow();
    });
    expect(await blobCount()).toBe(1);
  });

  it('keeps a body for who is still reading it', async () => {
    await withServer(async (client) => {
      await client.send(new CreateBucketCommand({ Bucket }));
      const body = Buffer.alloc(8 * 2 ** 20, 'x');
      await client.send(new PutObjectCommand({ Bucket, Key: 'key', Body: body }));
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: 'key' }));
      await client.send(new DeleteObjectCommand({ Bucket, Key: 'key' }));
      expect((await Body?.transformToByteArray())?.length).toBe(body.length);
    });
    expect(await blobCount()).toBe(0);
  });
});
