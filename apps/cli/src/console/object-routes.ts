import { gunzipSync } from 'node:zlib';
import { PipelineError } from '@alluvium/contracts';
import type { ConsoleRoute } from '@alluvium/local';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { useAws, type Connection } from '../connection.ts';

const MOST_BYTES = 8_000_000;
const SHOWN_CHARACTERS = 40_000;

const isText = (bytes: Uint8Array): boolean => !bytes.subarray(0, 512).includes(0);

const open = async (connection: Connection, key: string) => {
  useAws(connection);
  const { s3Client } = await import('@alluvium/lambda-kit');
  const found = await s3Client()
    .send(new GetObjectCommand({ Bucket: connection.bucket, Key: key }))
    .catch(() => undefined);
  if (found?.Body === undefined)
    throw new PipelineError(`There is no object ${key} any more.`, {
      code: 'OBJECT_NOT_FOUND',
      kind: 'invalid',
    });
  const sizeBytes = found.ContentLength ?? 0;
  if (sizeBytes > MOST_BYTES) return { key, sizeBytes, text: null };
  const stored = await found.Body.transformToByteArray();
  const bytes = key.endsWith('.gz') ? gunzipSync(stored) : stored;
  const text = isText(bytes) ? Buffer.from(bytes).toString('utf8').slice(0, SHOWN_CHARACTERS) : null;
  return { key, sizeBytes, text };
};

/** What pointers of events name. */
export const objectRoutes = (connection: Connection): ConsoleRoute[] => [
  {
    method: 'GET',
    path: '/_local/objects',
    handle: ({ query }) => open(connection, query.get('key') ?? ''),
  },
];
