import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { s3Conformance } from '@alluvium/testkit/s3-conformance';
import { startS3 } from '../src/s3/s3-server.ts';
import { s3Client } from './s3-helpers.ts';

const connectTo = async (directory?: string) => {
  const server = await startS3(directory === undefined ? {} : { directory });
  const client = s3Client(server.endpoint);
  return {
    client,
    close: async () => {
      client.destroy();
      await server.close();
      if (directory !== undefined) await rm(directory, { recursive: true });
    },
  };
};

s3Conformance('S3 in memory', () => connectTo());
s3Conformance('S3 in a directory', async () => connectTo(await mkdtemp(join(tmpdir(), 's3-'))));
