import { Readable } from 'node:stream';
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  DeleteObjectTaggingCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
} from '@aws-sdk/client-s3';
import { describe, expect, it } from '@jest/globals';
import { failureOf, type S3Scenario } from './s3-conformance-scenario.ts';

/** Keys that a file system, a URL or an XML document would trip over. */
const AWKWARD_KEYS = [
  '../../escape',
  '..',
  '/leading//double/',
  'space and+plus %2F%',
  'ünï/çødé/日本/😀',
  '<&>"\'',
  'line\nbreak',
  '?query=1#hash',
  'con:*|\\',
  `1024 bytes ${'x'.repeat(1013)}`,
];

const storeTests = ({ client, bucket, put, text }: S3Scenario): void => {
  it('gives back bytes, content headers and metadata', async () => {
    const Bucket = await bucket();
    const headers = {
      ContentType: 'text/plain; charset=utf-8',
      ContentEncoding: 'gzip',
      ContentDisposition: 'attachment; filename="a.txt"',
      ContentLanguage: 'de',
      CacheControl: 'no-store',
      Metadata: { color: 'blue', 'two-words': 'a b' },
    };
    const { ETag } = await put(Bucket, 'key', 'hello', headers);
    expect(ETag).toBe('"5d41402abc4b2a76b9719d911017c592"');
    const head = await client().send(new HeadObjectCommand({ Bucket, Key: 'key' }));
    expect(head).toMatchObject({ ...headers, ETag, ContentLength: 5, AcceptRanges: 'bytes' });
    expect(await text(Bucket, 'key')).toBe('hello');
  });

  it('stores a stream and an empty body', async () => {
    const Bucket = await bucket();
    const chunks = Array.from({ length: 50 }, (_, index) => Buffer.alloc(10_000, index));
    const body = { Body: Readable.from(chunks), ContentLength: 500_000, ContentEncoding: 'identity' };
    await client().send(new PutObjectCommand({ Bucket, Key: 'stream', ...body }));
    const { Body, ContentEncoding } = await client().send(new GetObjectCommand({ Bucket, Key: 'stream' }));
    expect(ContentEncoding).toBe('identity');
    expect(Buffer.from(await Body!.transformToByteArray()).equals(Buffer.concat(chunks))).toBe(true);
    await put(Bucket, 'empty', '');
    expect(await text(Bucket, 'empty')).toBe('');
  });

  it.each(AWKWARD_KEYS.map((key) => [key.slice(0, 20), key]))(
    'takes the key %j as it is',
    async (_name, key) => {
      const Bucket = await bucket();
      await put(Bucket, key, key);
      expect(await text(Bucket, key)).toBe(key);
      await client().send(new DeleteObjectCommand({ Bucket, Key: key }));
      expect(await failureOf(text(Bucket, key))).toBe('404 NoSuchKey');
    },
  );

  it('refuses a key of more than 1024 bytes', async () => {
    expect(await failureOf(put(await bucket(), 'ü'.repeat(513), 'body'))).toBe('400 KeyTooLongError');
  });

  it('answers for an absent key with 404', async () => {
    const Bucket = await bucket();
    expect(await failureOf(text(Bucket, 'absent'))).toBe('404 NoSuchKey');
    expect(await failureOf(client().send(new HeadObjectCommand({ Bucket, Key: 'absent' })))).toBe(
      '404 NotFound',
    );
  });

  it('overrides response headers on demand', async () => {
    const Bucket = await bucket();
    await put(Bucket, 'key', 'body');
    const { ContentType } = await client().send(
      new GetObjectCommand({ Bucket, Key: 'key', ResponseContentType: 'text/csv' }),
    );
    expect(ContentType).toBe('text/csv');
  });
};

const rangeTests = ({ client, bucket, put }: S3Scenario): void => {
  it.each([
    ['bytes=0-3', '0123', 'bytes 0-3/10'],
    ['bytes=4-', '456789', 'bytes 4-9/10'],
    ['bytes=-3', '789', 'bytes 7-9/10'],
    ['bytes=8-100', '89', 'bytes 8-9/10'],
    ['bytes=-100', '0123456789', 'bytes 0-9/10'],
  ])('answers the range %s', async (Range, expected, contentRange) => {
    const Bucket = await bucket();
    await put(Bucket, 'key', '0123456789');
    const answer = await client().send(new GetObjectCommand({ Bucket, Key: 'key', Range }));
    expect(answer.$metadata.httpStatusCode).toBe(206);
    expect(answer.ContentRange).toBe(contentRange);
    expect(await answer.Body!.transformToString()).toBe(expected);
  });

  it('refuses a range behind the end', async () => {
    const Bucket = await bucket();
    await put(Bucket, 'key', '0123456789');
    const call = client().send(new GetObjectCommand({ Bucket, Key: 'key', Range: 'bytes=10-' }));
    expect(await failureOf(call)).toBe('416 InvalidRange');
  });
};

const copyTests = ({ client, bucket, put, text }: S3Scenario): void => {
  it('copies bytes and metadata', async () => {
    const Bucket = await bucket();
    await put(Bucket, 'from here/ü+', 'body', { Metadata: { kept: 'yes' }, Tagging: 'a=1' });
    const CopySource = encodeURIComponent(`${Bucket}/from here/ü+`);
    await client().send(new CopyObjectCommand({ Bucket, Key: 'to', CopySource }));
    expect(await text(Bucket, 'to')).toBe('body');
    const head = await client().send(new HeadObjectCommand({ Bucket, Key: 'to' }));
    expect(head.Metadata).toEqual({ kept: 'yes' });
    const { TagSet } = await client().send(new GetObjectTaggingCommand({ Bucket, Key: 'to' }));
    expect(TagSet).toEqual([{ Key: 'a', Value: '1' }]);
  });

  it('replaces metadata on demand, also in place', async () => {
    const Bucket = await bucket();
    await put(Bucket, 'key', 'body', { Metadata: { old: 'yes' } });
    const copy = { Bucket, Key: 'key', CopySource: `${Bucket}/key` };
    expect(await failureOf(client().send(new CopyObjectCommand(copy)))).toBe('400 InvalidRequest');
    await client().send(
      new CopyObjectCommand({ ...copy, MetadataDirective: 'REPLACE', Metadata: { fresh: 'yes' } }),
    );
    const head = await client().send(new HeadObjectCommand({ Bucket, Key: 'key' }));
    expect(head.Metadata).toEqual({ fresh: 'yes' });
  });

  it('copies only a source that meets the condition', async () => {
    const Bucket = await bucket();
    await put(Bucket, 'key', 'body');
    const CopySourceIfMatch = '"00000000000000000000000000000000"';
    const call = client().send(
      new CopyObjectCommand({ Bucket, Key: 'to', CopySource: `${Bucket}/key`, CopySourceIfMatch }),
    );
    expect(await failureOf(call)).toBe('412 PreconditionFailed');
  });
};

const manyTests = ({ client, bucket, put, text }: S3Scenario): void => {
  it('deletes what is absent without complaint', async () => {
    const Bucket = await bucket();
    const { $metadata } = await client().send(new DeleteObjectCommand({ Bucket, Key: 'absent' }));
    expect($metadata.httpStatusCode).toBe(204);
  });

  it('deletes many keys at once', async () => {
    const Bucket = await bucket();
    const keys = ['a', '<b>', 'c/ü'];
    for (const key of keys) await put(Bucket, key, key);
    const Objects = [...keys, 'absent'].map((Key) => ({ Key }));
    const { Deleted = [], Errors } = await client().send(
      new DeleteObjectsCommand({ Bucket, Delete: { Objects } }),
    );
    expect(Deleted.map(({ Key }) => Key)).toEqual([...keys, 'absent']);
    expect(Errors).toBeUndefined();
    expect(await failureOf(text(Bucket, '<b>'))).toBe('404 NoSuchKey');
  });

  it('says nothing of what it deleted when asked to be quiet', async () => {
    const Bucket = await bucket();
    await put(Bucket, 'a', 'a');
    const { Deleted } = await client().send(
      new DeleteObjectsCommand({ Bucket, Delete: { Quiet: true, Objects: [{ Key: 'a' }] } }),
    );
    expect(Deleted).toBeUndefined();
  });
};

const tagTests = ({ client, bucket, put }: S3Scenario): void => {
  it('keeps, counts, replaces and drops tags', async () => {
    const Bucket = await bucket();
    const Key = 'key';
    await put(Bucket, Key, 'body', { Tagging: 'a=1&b=%26' });
    const ask = async () => (await client().send(new GetObjectTaggingCommand({ Bucket, Key }))).TagSet;
    expect(await ask()).toEqual([
      { Key: 'a', Value: '1' },
      { Key: 'b', Value: '&' },
    ]);
    expect((await client().send(new GetObjectCommand({ Bucket, Key }))).TagCount).toBe(2);
    const TagSet = [{ Key: 'c', Value: '<3>' }];
    await client().send(new PutObjectTaggingCommand({ Bucket, Key, Tagging: { TagSet } }));
    expect(await ask()).toEqual(TagSet);
    await client().send(new DeleteObjectTaggingCommand({ Bucket, Key }));
    expect(await ask()).toEqual([]);
  });

  it('tells the attributes that are asked for', async () => {
    const Bucket = await bucket();
    const { ETag } = await put(Bucket, 'key', 'hello', { ChecksumAlgorithm: 'SHA256' });
    const attributes = await client().send(
      new GetObjectAttributesCommand({
        Bucket,
        Key: 'key',
        ObjectAttributes: ['ETag', 'ObjectSize', 'Checksum'],
      }),
    );
    expect(attributes).toMatchObject({ ETag: ETag!.replaceAll('"', ''), ObjectSize: 5 });
    expect(attributes.Checksum?.ChecksumSHA256).toBe('LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=');
    expect(attributes.StorageClass).toBeUndefined();
  });
};

export const s3ObjectTests = (scenario: S3Scenario): void => {
  describe('objects', () => {
    storeTests(scenario);
    rangeTests(scenario);
    copyTests(scenario);
    manyTests(scenario);
    tagTests(scenario);
  });
};
