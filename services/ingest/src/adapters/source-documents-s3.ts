import { DeleteObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { SourceDocuments } from '../ports.ts';

/** The documents of sources in the data bucket. */
export const s3SourceDocuments = ({
  client,
  bucket,
}: {
  client: Pick<S3Client, 'send'>;
  bucket: string;
}): SourceDocuments => ({
  put: async (key, bytes) => {
    const object = { Bucket: bucket, Key: key, Body: bytes, ContentType: 'application/json' };
    await client.send(new PutObjectCommand(object));
  },
  remove: async (key) => {
    await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
  },
});
