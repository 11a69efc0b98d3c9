import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteBucketCorsCommand,
  DeleteBucketPolicyCommand,
  DeletePublicAccessBlockCommand,
  GetBucketCorsCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketLocationCommand,
  GetBucketNotificationConfigurationCommand,
  GetBucketPolicyCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  PutBucketCorsCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketPolicyCommand,
  PutBucketTaggingCommand,
} from '@aws-sdk/client-s3';
import { describe, expect, it } from '@jest/globals';
import { failureOf, type S3Scenario } from './s3-conformance-scenario.ts';

const lifecycleTests = ({ client, bucket, put }: S3Scenario): void => {
  it('lists, finds and deletes a bucket', async () => {
    const Bucket = await bucket();
    const { Buckets = [] } = await client().send(new ListBucketsCommand({}));
    expect(Buckets.map(({ Name }) => Name)).toContain(Bucket);
    await client().send(new HeadBucketCommand({ Bucket }));
    await client().send(new GetBucketLocationCommand({ Bucket }));
  });

  it('does not delete a bucket that holds an object', async () => {
    const Bucket = await bucket();
    await put(Bucket, 'key', 'body');
    expect(await failureOf(client().send(new DeleteBucketCommand({ Bucket })))).toBe('409 BucketNotEmpty');
  });

  it('names a bucket that is not there', async () => {
    const Bucket = 'conformance-absent-0f5c0b1e';
    expect(await failureOf(client().send(new HeadBucketCommand({ Bucket })))).toBe('404 NotFound');
    expect(await failureOf(put(Bucket, 'key', 'body'))).toBe('404 NoSuchBucket');
  });

  it('refuses a name that no bucket can have', async () => {
    const call = client().send(new CreateBucketCommand({ Bucket: 'Not_A_Bucket' }));
    expect(await failureOf(call)).toBe('400 InvalidBucketName');
  });
};

const configurationTests = ({ client, bucket, setVersioning }: S3Scenario): void => {
  it('has no versioning until it is enabled', async () => {
    const Bucket = await bucket();
    expect((await client().send(new GetBucketVersioningCommand({ Bucket }))).Status).toBeUndefined();
    await setVersioning(Bucket, 'Enabled');
    expect((await client().send(new GetBucketVersioningCommand({ Bucket }))).Status).toBe('Enabled');
  });

  it('keeps a notification configuration', async () => {
    const Bucket = await bucket();
    const ask = () => client().send(new GetBucketNotificationConfigurationCommand({ Bucket }));
    expect((await ask()).EventBridgeConfiguration).toBeUndefined();
    const NotificationConfiguration = { EventBridgeConfiguration: {} };
    await client().send(new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration }));
    expect((await ask()).EventBridgeConfiguration).toEqual({});
  });

  it('keeps lifecycle rules', async () => {
    const Bucket = await bucket();
    const ask = () => client().send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
    expect(await failureOf(ask())).toBe('404 NoSuchLifecycleConfiguration');
    const rule = {
      ID: 'old',
      Status: 'Enabled',
      Filter: { Prefix: 'a&b/' },
      Expiration: { Days: 3 },
    } as const;
    const LifecycleConfiguration = { Rules: [rule] };
    await client().send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration }));
    expect((await ask()).Rules).toEqual([rule]);
  });

  it('keeps and drops CORS rules', async () => {
    const Bucket = await bucket();
    const ask = () => client().send(new GetBucketCorsCommand({ Bucket }));
    const rule = { AllowedMethods: ['GET', 'PUT'], AllowedOrigins: ['http://localhost:3000'] };
    await client().send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules: [rule] } }));
    expect((await ask()).CORSRules).toEqual([rule]);
    await client().send(new DeleteBucketCorsCommand({ Bucket }));
    expect(await failureOf(ask())).toBe('404 NoSuchCORSConfiguration');
  });

  it('keeps tags', async () => {
    const Bucket = await bucket();
    const ask = () => client().send(new GetBucketTaggingCommand({ Bucket }));
    expect(await failureOf(ask())).toBe('404 NoSuchTagSet');
    const TagSet = [{ Key: 'stage', Value: 'test' }];
    await client().send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet } }));
    expect((await ask()).TagSet).toEqual(TagSet);
  });

  it('is encrypted and closed to the public from the start', async () => {
    const Bucket = await bucket();
    const { ServerSideEncryptionConfiguration } = await client().send(
      new GetBucketEncryptionCommand({ Bucket }),
    );
    const [rule] = ServerSideEncryptionConfiguration?.Rules ?? [];
    expect(rule?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm).toBe('AES256');
    const { PublicAccessBlockConfiguration } = await client().send(
      new GetPublicAccessBlockCommand({ Bucket }),
    );
    expect(PublicAccessBlockConfiguration?.BlockPublicPolicy).toBe(true);
    await client().send(new DeletePublicAccessBlockCommand({ Bucket }));
    expect(await failureOf(client().send(new GetPublicAccessBlockCommand({ Bucket })))).toBe(
      '404 NoSuchPublicAccessBlockConfiguration',
    );
  });
};

const denyUnless = (bucket: string, header: 's3:if-match' | 's3:if-none-match') => ({
  Effect: 'Deny',
  Principal: '*',
  Action: 's3:PutObject',
  Resource: `arn:aws:s3:::${bucket}/*/HEAD`,
  Condition: { Null: { [header]: 'true' }, Bool: { 's3:ObjectCreationOperation': 'true' } },
});

const policyTests = ({ client, bucket, put }: S3Scenario): void => {
  const setPolicy = (Bucket: string, ...Statement: unknown[]) =>
    client().send(
      new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify({ Version: '2012-10-17', Statement }) }),
    );

  it('keeps and drops a policy', async () => {
    const Bucket = await bucket();
    const ask = () => client().send(new GetBucketPolicyCommand({ Bucket }));
    expect(await failureOf(ask())).toBe('404 NoSuchBucketPolicy');
    await setPolicy(Bucket, denyUnless(Bucket, 's3:if-match'));
    expect(JSON.parse((await ask()).Policy!)).toMatchObject({ Version: '2012-10-17' });
    await client().send(new DeleteBucketPolicyCommand({ Bucket }));
    expect(await failureOf(ask())).toBe('404 NoSuchBucketPolicy');
  });

  it('refuses a policy that is no JSON', async () => {
    const Bucket = await bucket();
    const call = client().send(new PutBucketPolicyCommand({ Bucket, Policy: 'no policy' }));
    expect(await failureOf(call)).toBe('400 MalformedPolicy');
  });

  it('denies an unconditional write where the policy wants a condition', async () => {
    const Bucket = await bucket();
    await setPolicy(Bucket, {
      ...denyUnless(Bucket, 's3:if-none-match'),
      Condition: { Null: { 's3:if-none-match': 'true', 's3:if-match': 'true' } },
    });
    expect(await failureOf(put(Bucket, 'run/HEAD', 'body'))).toBe('403 AccessDenied');
    const { ETag } = await put(Bucket, 'run/HEAD', 'one', { IfNoneMatch: '*' });
    await put(Bucket, 'run/HEAD', 'two', { IfMatch: ETag });
    await put(Bucket, 'run/other', 'body');
  });

  it('judges one header where the policy names one', async () => {
    const Bucket = await bucket();
    await setPolicy(Bucket, denyUnless(Bucket, 's3:if-none-match'));
    expect(await failureOf(put(Bucket, 'a/HEAD', 'body', { IfMatch: '*' }))).toBe('403 AccessDenied');
    await put(Bucket, 'a/HEAD', 'body', { IfNoneMatch: '*' });
  });
};

export const s3BucketTests = (scenario: S3Scenario): void => {
  describe('buckets', () => {
    lifecycleTests(scenario);
    configurationTests(scenario);
  });
  describe('bucket policies', () => {
    policyTests(scenario);
  });
};
