import { Readable } from 'node:stream';
import { PipelineError } from '@alluvium/contracts';
import { httpStatusOf } from '@alluvium/lambda-kit';
import { GetObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import type { Inbox, ListedObject } from '../ports.ts';

interface Options {
  client: Pick<S3Client, 'send'>;
  bucket: string;
}

const changed = (key: string, cause: unknown): PipelineError =>
  new PipelineError(`${key} was replaced while it was read`, {
    code: 'INBOX_CHANGED',
    kind: 'conflict',
    details: { key },
    cause,
  });

const get = async ({ client, bucket }: Options, key: string, etag?: string) => {
  const condition = etag === undefined ? {} : { IfMatch: etag };
  try {
    return await client.send(new GetObjectCommand({ Bucket: bucket, Key: key, ...condition }));
  } catch (error) {
    const status = httpStatusOf(error);
    if (status === 404) return undefined;
    throw status === 412 ? changed(key, error) : error;
  }
};

const list = async ({ client, bucket }: Options, prefix: string): Promise<ListedObject[]> => {
  const objects: ListedObject[] = [];
  let token: string | undefined;
  do {
    const page = new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: token });
    const answer = await client.send(page);
    for (const { Key: key = '', Size: sizeBytes = 0, ETag: etag = '' } of answer.Contents ?? [])
      objects.push({ key, sizeBytes, etag });
    token = answer.NextContinuationToken;
  } while (token !== undefined);
  return objects;
};

/** The inbox in the data bucket. */
export const s3Inbox = (options: Options): Inbox => ({
  list: (prefix) => list(options, prefix),
  open: async (key, etag) => {
    const answer = await get(options, key, etag);
    if (answer === undefined) return undefined;
    const body = answer.Body instanceof Readable ? answer.Body : Readable.from([]);
    return {
      sizeBytes: answer.ContentLength ?? 0,
      lastModified: (answer.LastModified ?? new Date(0)).toISOString(),
      etag: answer.ETag ?? '',
      body: body as AsyncIterable<Uint8Array>,
      discard: () => {
        body.destroy();
      },
    };
  },
});
