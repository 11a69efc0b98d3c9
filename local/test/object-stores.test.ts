import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from '@jest/globals';
import { objectStoreConformance } from '@alluvium/testkit/object-store-conformance';
import { createKeyedTable } from '@alluvium/testkit';
import { pointerStoreConformance } from '@alluvium/testkit/pointer-store-conformance';
import {
  memoryObjectStore,
  pointersInDynamoDb,
  s3ObjectStore,
  type ObjectStore,
} from '@alluvium/vector-store';
import { startServers } from '../src/index.ts';
import { connectLocal } from './dynamodb-helpers.ts';
import { s3Client } from './s3-helpers.ts';

interface Opened {
  store: ObjectStore;
  close: () => Promise<void>;
}

const openS3 = async (): Promise<Opened> => {
  const servers = await startServers();
  const client = s3Client(servers.endpoints.s3);
  // As the SDK is by default: bucket names are part of the host elsewhere.
  client.config.forcePathStyle = true;
  await client.send(new CreateBucketCommand({ Bucket: 'data' }));
  return {
    store: s3ObjectStore({ client, bucket: 'data' }),
    close: async () => {
      client.destroy();
      await servers.close();
    },
  };
};

const openDynamoDb = async (): Promise<Opened> => {
  const { client, close } = await connectLocal();
  await createKeyedTable(client, 'pointers');
  const table = { client: DynamoDBDocumentClient.from(client), tableName: 'pointers' };
  return { store: pointersInDynamoDb(memoryObjectStore(), table), close };
};

objectStoreConformance('S3', openS3);
pointerStoreConformance('S3', openS3);
pointerStoreConformance('DynamoDB', openDynamoDb);
objectStoreConformance('a store whose pointers lie in DynamoDB', openDynamoDb);

describe('a pointer in DynamoDB', () => {
  it('is written only under a condition', async () => {
    const { store, close } = await openDynamoDb();
    const key = 'indexes/docs/HEAD';
    await expect(store.put(key, new Uint8Array(1))).rejects.toMatchObject({ code: 'STORE_DENIED' });
    expect(await store.get(key)).toBeUndefined();
    await close();
  });
});
