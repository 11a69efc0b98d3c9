import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { createPresignedPost } from '@aws-sdk/s3-presigned-post';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { Presigner } from '../ports.ts';

/** Links and forms that S3 takes for a while, as if whoever holds them were this function. */
export const s3Presigner = ({ client, bucket }: { client: S3Client; bucket: string }): Presigner => ({
  download: (key, expiresSeconds) =>
    getSignedUrl(client, new GetObjectCommand({ Bucket: bucket, Key: key }), { expiresIn: expiresSeconds }),
  upload: ({ prefix, maxBytes, expiresSeconds }) =>
    createPresignedPost(client, {
      Bucket: bucket,
      // S3 puts the name of the file here; a form may name any key below the prefix instead.
      Key: `${prefix}\${filename}`,
      Conditions: [['content-length-range', 0, maxBytes]],
      Expires: expiresSeconds,
    }),
});
