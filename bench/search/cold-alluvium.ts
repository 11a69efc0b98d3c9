import { S3Client } from '@aws-sdk/client-s3';
import { s3ObjectStore } from '@alluvium/vector-store';
import { coldAnswer } from './alluvium.ts';
import type { ColdClient, ColdJob } from './cold-client.ts';

/** Ours, over the client that a Lambda function uses. */
export const coldAlluvium = ({ endpoint, set }: ColdJob): ColdClient => {
  const client = new S3Client({
    endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
  });
  const store = s3ObjectStore({ client, bucket: set });
  return { answer: (question) => coldAnswer(store, question) };
};
