import { CreateBucketCommand, PutBucketVersioningCommand } from '@aws-sdk/client-s3';
import { versionedStoreConformance } from '@alluvium/testkit/versioned-store-conformance';
import { s3ObjectStore } from '@alluvium/vector-store';
import { startServers } from '../src/index.ts';
import { s3Client } from './s3-helpers.ts';

versionedStoreConformance('S3', async () => {
  const servers = await startServers();
  const client = s3Client(servers.endpoints.s3);
  client.config.forcePathStyle = true;
  await client.send(new CreateBucketCommand({ Bucket: 'data' }));
  const VersioningConfiguration = { Status: 'Enabled' as const };
  await client.send(new PutBucketVersioningCommand({ Bucket: 'data', VersioningConfiguration }));
  return {
    store: s3ObjectStore({ client, bucket: 'data' }),
    close: async () => {
      client.destroy();
      await servers.close();
    },
  };
});
