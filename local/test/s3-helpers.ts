import { S3Client } from '@aws-sdk/client-s3';

/** A client with nothing but the endpoint of its own: everything else is the SDK's default. */
export const s3Client = (endpoint: string): S3Client =>
  new S3Client({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
