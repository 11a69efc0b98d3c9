import { randomUUID } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteBucketPolicyCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type GetObjectCommandInput,
  type PutObjectCommandInput,
  type PutObjectCommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';

/** The steps that the S3 tests are written in. */
export interface S3Scenario {
  client: () => S3Client;
  /** Creates a bucket of its own name. */
  bucket: (options?: { versioning: 'Enabled' | 'Suspended' }) => Promise<string>;
  setVersioning: (bucket: string, status: 'Enabled' | 'Suspended') => Promise<void>;
  put: (
    bucket: string,
    key: string,
    body: string | Uint8Array,
    options?: Partial<PutObjectCommandInput>,
  ) => Promise<PutObjectCommandOutput>;
  text: (bucket: string, key: string, options?: Partial<GetObjectCommandInput>) => Promise<string>;
  /** Deletes every bucket that was created, with all it holds. */
  clean: () => Promise<void>;
}

/** How a call failed: the name of the error, or its status where a HEAD has no body to name it. */
export const failureOf = async (call: Promise<unknown>): Promise<string> => {
  try {
    await call;
  } catch (error) {
    const { name, $metadata } = error as { name: string; $metadata?: { httpStatusCode?: number } };
    return `${String($metadata?.httpStatusCode)} ${name}`;
  }
  return 'no failure';
};

const emptyBucket = async (client: S3Client, Bucket: string): Promise<void> => {
  await client.send(new DeleteBucketPolicyCommand({ Bucket }));
  const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket }));
  for (const { Key, UploadId } of Uploads)
    await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
  for (;;) {
    const { Versions = [], DeleteMarkers = [] } = await client.send(
      new ListObjectVersionsCommand({ Bucket }),
    );
    const all = [...Versions, ...DeleteMarkers];
    if (all.length === 0) return;
    for (const { Key, VersionId } of all)
      await client.send(new DeleteObjectCommand({ Bucket, Key, VersionId }));
  }
};

export const makeS3Scenario = (client: () => S3Client): S3Scenario => {
  const buckets: string[] = [];
  const setVersioning: S3Scenario['setVersioning'] = async (Bucket, Status) => {
    await client().send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }));
  };
  return {
    client,
    setVersioning,
    bucket: async (options) => {
      const Bucket = `conformance-${randomUUID()}`;
      await client().send(new CreateBucketCommand({ Bucket }));
      buckets.push(Bucket);
      if (options !== undefined) await setVersioning(Bucket, options.versioning);
      return Bucket;
    },
    put: (Bucket, Key, Body, options = {}) =>
      client().send(new PutObjectCommand({ Bucket, Key, Body, ...options })),
    text: async (Bucket, Key, options = {}) => {
      const { Body } = await client().send(new GetObjectCommand({ Bucket, Key, ...options }));
      return Body!.transformToString();
    },
    clean: async () => {
      for (const Bucket of buckets) {
        await emptyBucket(client(), Bucket);
        await client().send(new DeleteBucketCommand({ Bucket }));
      }
    },
  };
};
