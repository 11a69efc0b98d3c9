import { S3Client } from '@aws-sdk/client-s3';
import { s3ObjectStore } from '@alluvium/vector-store';
import { coldAnswer, openIndex } from './alluvium.ts';
import type { ColdClient, ColdJob } from './cold-client.ts';
import { searchPending } from './pending-deltas.ts';

/** Ours, over the client that a Lambda function uses. */
export const coldAlluvium = ({ endpoint, set, mode }: ColdJob): ColdClient => {
  const client = new S3Client({
    endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
  });
  const store = s3ObjectStore({ client, bucket: set });
  if (mode !== 'pending') return { answer: (question) => coldAnswer(store, question) };
  return {
    answer: async (question) => {
      const hits = await searchPending(store, await openIndex(store, question.vector.length), question);
      // Rows of deltas have ids of their own.
      return { ids: hits.map(({ chunkId }) => Number(chunkId)), texts: hits.map(({ text }) => text) };
    },
  };
};
