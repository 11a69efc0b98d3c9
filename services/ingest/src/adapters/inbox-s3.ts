import { Readable } from 'node:stream';
import { PipelineError } from '@alluvium/contracts';
import { httpStatusOf } from '@alluvium/lambda-kit';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { Inbox } from '../ports.ts';

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

/** The inbox in the data bucket. */
export const s3Inbox = (options: Options): Inbox => ({
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
