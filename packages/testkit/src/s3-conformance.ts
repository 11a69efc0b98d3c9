import type { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe } from '@jest/globals';
import { s3BucketTests } from './s3-conformance-buckets.ts';
import { s3ChecksumTests } from './s3-conformance-checksums.ts';
import { s3ConditionTests } from './s3-conformance-conditions.ts';
import { s3ListingTests } from './s3-conformance-listing.ts';
import { s3MultipartTests } from './s3-conformance-multipart.ts';
import { s3ObjectTests } from './s3-conformance-objects.ts';
import { s3PresignedTests } from './s3-conformance-presigned.ts';
import { makeS3Scenario } from './s3-conformance-scenario.ts';
import { s3VersionTests } from './s3-conformance-versions.ts';

/** An endpoint under test: a plain client, and how to let go of it. */
export interface S3Connection {
  client: S3Client;
  close(): Promise<void>;
}

/** What S3 promises, checked with the plain AWS SDK against any endpoint. Every test makes buckets of its own. */
export const s3Conformance = (name: string, connect: () => Promise<S3Connection>): void => {
  describe(`${name} behaves like S3`, () => {
    let connection: S3Connection;
    const scenario = makeS3Scenario(() => connection.client);

    beforeAll(async () => {
      connection = await connect();
    });
    afterAll(async () => {
      await scenario.clean();
      await connection.close();
    });

    s3BucketTests(scenario);
    s3ObjectTests(scenario);
    s3ConditionTests(scenario);
    s3ChecksumTests(scenario);
    s3VersionTests(scenario);
    s3ListingTests(scenario);
    s3MultipartTests(scenario);
    s3PresignedTests(scenario);
  });
};
