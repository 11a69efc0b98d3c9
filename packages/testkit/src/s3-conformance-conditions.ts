import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  type GetObjectCommandInput,
} from '@aws-sdk/client-s3';
import { describe, expect, it } from '@jest/globals';
import { failureOf, type S3Scenario } from './s3-conformance-scenario.ts';

const OTHER_ETAG = '"00000000000000000000000000000000"';
const BEFORE = new Date('2001-01-01T00:00:00Z');

const readTests = ({ client, bucket, put }: S3Scenario): void => {
  const ask = async (conditions: (etag: string) => Partial<GetObjectCommandInput>) => {
    const Bucket = await bucket();
    const { ETag } = await put(Bucket, 'key', 'body');
    const get = client().send(new GetObjectCommand({ Bucket, Key: 'key', ...conditions(ETag!) }));
    return (await failureOf(get)).slice(0, 3);
  };

  it.each<[string, (etag: string) => Partial<GetObjectCommandInput>, string]>([
    ['If-Match holds', (IfMatch) => ({ IfMatch }), 'no '],
    ['If-Match fails', () => ({ IfMatch: OTHER_ETAG }), '412'],
    ['If-None-Match holds', () => ({ IfNoneMatch: OTHER_ETAG }), 'no '],
    ['If-None-Match fails', (IfNoneMatch) => ({ IfNoneMatch }), '304'],
    ['it was modified since', () => ({ IfModifiedSince: BEFORE }), 'no '],
    ['it was not modified since', () => ({ IfModifiedSince: new Date() }), '304'],
    ['it had to be unmodified since', () => ({ IfUnmodifiedSince: BEFORE }), '412'],
    ['it is unmodified since', () => ({ IfUnmodifiedSince: new Date() }), 'no '],
    ['If-Match outweighs the date', (IfMatch) => ({ IfMatch, IfUnmodifiedSince: BEFORE }), 'no '],
    ['If-None-Match outweighs the date', (IfNoneMatch) => ({ IfNoneMatch, IfModifiedSince: BEFORE }), '304'],
  ])('judges a read when %s', async (_name, conditions, expected) => {
    expect(await ask(conditions)).toBe(expected);
  });

  it('judges a HEAD as a GET', async () => {
    const Bucket = await bucket();
    const { ETag } = await put(Bucket, 'key', 'body');
    const call = client().send(new HeadObjectCommand({ Bucket, Key: 'key', IfNoneMatch: ETag }));
    expect((await failureOf(call)).slice(0, 3)).toBe('304');
  });
};

const writeTests = ({ client, bucket, put, text }: S3Scenario): void => {
  it('writes with If-None-Match: * only where nothing is', async () => {
    const Bucket = await bucket();
    await put(Bucket, 'key', 'one', { IfNoneMatch: '*' });
    expect(await failureOf(put(Bucket, 'key', 'two', { IfNoneMatch: '*' }))).toBe('412 PreconditionFailed');
    expect(await text(Bucket, 'key')).toBe('one');
  });

  it('writes with If-Match only over that object', async () => {
    const Bucket = await bucket();
    const { ETag } = await put(Bucket, 'key', 'one');
    expect(await failureOf(put(Bucket, 'key', 'two', { IfMatch: OTHER_ETAG }))).toBe(
      '412 PreconditionFailed',
    );
    await put(Bucket, 'key', 'two', { IfMatch: ETag });
    expect(await failureOf(put(Bucket, 'key', 'three', { IfMatch: ETag }))).toBe('412 PreconditionFailed');
    expect(await text(Bucket, 'key')).toBe('two');
  });

  it('answers If-Match on an absent key with 404', async () => {
    const call = put(await bucket(), 'absent', 'body', { IfMatch: OTHER_ETAG });
    expect(await failureOf(call)).toBe('404 NoSuchKey');
  });

  it('sees a delete marker as nothing', async () => {
    const Bucket = await bucket({ versioning: 'Enabled' });
    await put(Bucket, 'key', 'one');
    await client().send(new DeleteObjectCommand({ Bucket, Key: 'key' }));
    await put(Bucket, 'key', 'two', { IfNoneMatch: '*' });
    expect(await text(Bucket, 'key')).toBe('two');
  });

  it('deletes with If-Match only that object', async () => {
    const Bucket = await bucket();
    const { ETag } = await put(Bucket, 'key', 'one');
    const remove = (IfMatch: string) =>
      client().send(new DeleteObjectCommand({ Bucket, Key: 'key', IfMatch }));
    expect(await failureOf(remove(OTHER_ETAG))).toBe('412 PreconditionFailed');
    await remove(ETag!);
    expect(await failureOf(text(Bucket, 'key'))).toBe('404 NoSuchKey');
  });

  it('lets exactly one of many racing creators win', async () => {
    const Bucket = await bucket();
    const race = async (key: string): Promise<void> => {
      const writers = Array.from({ length: 10 }, (_, index) => `writer ${index}`);
      const outcomes = await Promise.all(
        writers.map((writer) => failureOf(put(Bucket, key, writer, { IfNoneMatch: '*' }))),
      );
      const winners = writers.filter((_, index) => outcomes[index] === 'no failure');
      expect(winners).toEqual([await text(Bucket, key)]);
    };
    for (let round = 0; round < 10; round++) await race(`key ${round}`);
  });

  it('loses no update when writers compare and swap', async () => {
    const Bucket = await bucket();
    await put(Bucket, 'counter', '0');
    const increment = async (): Promise<void> => {
      for (;;) {
        const { ETag, Body } = await client().send(new GetObjectCommand({ Bucket, Key: 'counter' }));
        const next = String(Number(await Body!.transformToString()) + 1);
        if ((await failureOf(put(Bucket, 'counter', next, { IfMatch: ETag }))) === 'no failure') return;
      }
    };
    await Promise.all(Array.from({ length: 6 }, increment));
    expect(await text(Bucket, 'counter')).toBe('6');
  });
};

export const s3ConditionTests = (scenario: S3Scenario): void => {
  describe('conditions', () => {
    readTests(scenario);
    writeTests(scenario);
  });
};
