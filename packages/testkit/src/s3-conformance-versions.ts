import {
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
} from '@aws-sdk/client-s3';
import { describe, expect, it } from '@jest/globals';
import { failureOf, type S3Scenario } from './s3-conformance-scenario.ts';

const enabledTests = ({ client, bucket, put, text }: S3Scenario): void => {
  it('keeps every version', async () => {
    const Bucket = await bucket({ versioning: 'Enabled' });
    const one = await put(Bucket, 'key', 'one');
    const two = await put(Bucket, 'key', 'two');
    expect(one.VersionId).not.toBe(two.VersionId);
    expect(await text(Bucket, 'key')).toBe('two');
    expect(await text(Bucket, 'key', { VersionId: one.VersionId })).toBe('one');
    const CopySource = `${Bucket}/key?versionId=${one.VersionId!}`;
    await client().send(new CopyObjectCommand({ Bucket, Key: 'key', CopySource }));
    expect(await text(Bucket, 'key')).toBe('one');
  });

  it('hides an object behind a delete marker, which can be removed', async () => {
    const Bucket = await bucket({ versioning: 'Enabled' });
    const { VersionId } = await put(Bucket, 'key', 'body');
    const marker = await client().send(new DeleteObjectCommand({ Bucket, Key: 'key' }));
    expect(marker.DeleteMarker).toBe(true);
    expect(await failureOf(text(Bucket, 'key'))).toBe('404 NoSuchKey');
    expect(await text(Bucket, 'key', { VersionId })).toBe('body');
    const ofMarker = { Bucket, Key: 'key', VersionId: marker.VersionId };
    expect(await failureOf(client().send(new GetObjectCommand(ofMarker)))).toBe('405 MethodNotAllowed');
    await client().send(new DeleteObjectCommand(ofMarker));
    expect(await text(Bucket, 'key')).toBe('body');
  });

  it('shows the version before when the newest is deleted for good', async () => {
    const Bucket = await bucket({ versioning: 'Enabled' });
    const one = await put(Bucket, 'key', 'one');
    const two = await put(Bucket, 'key', 'two');
    await client().send(new DeleteObjectCommand({ Bucket, Key: 'key', VersionId: two.VersionId }));
    expect(await text(Bucket, 'key')).toBe('one');
    expect(await failureOf(text(Bucket, 'key', { VersionId: two.VersionId }))).toBe('404 NoSuchVersion');
    const head = await client().send(new HeadObjectCommand({ Bucket, Key: 'key' }));
    expect(head.VersionId).toBe(one.VersionId);
  });

  it('refuses a version id that it never gave out', async () => {
    const Bucket = await bucket({ versioning: 'Enabled' });
    await put(Bucket, 'key', 'one');
    expect(await failureOf(text(Bucket, 'key', { VersionId: 'nonsense' }))).toBe('400 InvalidArgument');
  });

  it('deletes versions and makes markers in one batch', async () => {
    const Bucket = await bucket({ versioning: 'Enabled' });
    const { VersionId } = await put(Bucket, 'a', 'body');
    await put(Bucket, 'b', 'body');
    const Objects = [{ Key: 'a', VersionId }, { Key: 'b' }];
    const { Deleted = [] } = await client().send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    expect(Deleted[0]).toEqual({ Key: 'a', VersionId });
    expect(Deleted[1]).toMatchObject({ Key: 'b', DeleteMarker: true });
    expect((await client().send(new ListObjectsV2Command({ Bucket }))).KeyCount).toBe(0);
  });
};

const suspendedTests = ({ client, bucket, setVersioning, put, text }: S3Scenario): void => {
  it('keeps what was written before versioning as the null version', async () => {
    const Bucket = await bucket();
    expect((await put(Bucket, 'key', 'before')).VersionId).toBeUndefined();
    await setVersioning(Bucket, 'Enabled');
    await put(Bucket, 'key', 'after');
    expect(await text(Bucket, 'key', { VersionId: 'null' })).toBe('before');
    await client().send(new DeleteObjectCommand({ Bucket, Key: 'key', VersionId: 'null' }));
    expect(await text(Bucket, 'key')).toBe('after');
  });

  it('overwrites only the null version while suspended', async () => {
    const Bucket = await bucket({ versioning: 'Enabled' });
    const kept = await put(Bucket, 'key', 'kept');
    await setVersioning(Bucket, 'Suspended');
    expect((await put(Bucket, 'key', 'first')).VersionId).toBe('null');
    await put(Bucket, 'key', 'second');
    expect(await text(Bucket, 'key')).toBe('second');
    expect(await text(Bucket, 'key', { VersionId: kept.VersionId })).toBe('kept');
    const { Versions = [] } = await client().send(new ListObjectVersionsCommand({ Bucket }));
    expect(Versions.map(({ VersionId }) => VersionId)).toEqual(['null', kept.VersionId]);
  });

  it('replaces the null version by a null marker while suspended', async () => {
    const Bucket = await bucket({ versioning: 'Enabled' });
    await setVersioning(Bucket, 'Suspended');
    await put(Bucket, 'key', 'body');
    const marker = await client().send(new DeleteObjectCommand({ Bucket, Key: 'key' }));
    expect(marker).toMatchObject({ DeleteMarker: true, VersionId: 'null' });
    const list = await client().send(new ListObjectVersionsCommand({ Bucket }));
    expect(list.Versions).toBeUndefined();
    expect(list.DeleteMarkers).toHaveLength(1);
  });
};

/** `key:versionId`, and a star on the latest. */
const rows = ({ Versions = [], DeleteMarkers = [] }: ListObjectVersionsCommandOutput): string[] =>
  [...Versions, ...DeleteMarkers].map(
    ({ Key, VersionId, IsLatest }) => `${String(Key)}:${String(VersionId)}${IsLatest === true ? '*' : ''}`,
  );

const listTests = ({ client, bucket, put }: S3Scenario): void => {
  it('lists versions page by page, newest first', async () => {
    const Bucket = await bucket({ versioning: 'Enabled' });
    const expected: string[] = [];
    for (const key of ['a', 'b', 'b\u0001', 'c/1', 'c/2']) {
      const older = await put(Bucket, key, 'older');
      const newer = await put(Bucket, key, 'newer');
      expected.push(`${key}:${newer.VersionId!}*`, `${key}:${older.VersionId!}`);
    }
    const found: string[] = [];
    let markers: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } = {};
    for (let page = 0; page < 10; page++) {
      const list = await client().send(
        new ListObjectVersionsCommand({ Bucket, MaxKeys: 3, EncodingType: 'url', ...markers }),
      );
      found.push(...rows(list).map(decodeURIComponent));
      if (list.IsTruncated !== true) break;
      markers = {
        KeyMarker: decodeURIComponent(list.NextKeyMarker!),
        VersionIdMarker: list.NextVersionIdMarker,
      };
    }
    expect(found).toEqual(expected);
  });

  it('groups versions by a delimiter', async () => {
    const Bucket = await bucket({ versioning: 'Enabled' });
    for (const key of ['dir/1', 'dir/2', 'top']) await put(Bucket, key, key);
    await client().send(new DeleteObjectCommand({ Bucket, Key: 'top' }));
    const list = await client().send(new ListObjectVersionsCommand({ Bucket, Delimiter: '/' }));
    expect(list.CommonPrefixes).toEqual([{ Prefix: 'dir/' }]);
    expect(list.Versions).toHaveLength(1);
    expect(list.DeleteMarkers).toMatchObject([{ Key: 'top', IsLatest: true }]);
  });
};

export const s3VersionTests = (scenario: S3Scenario): void => {
  describe('versions', () => {
    enabledTests(scenario);
    suspendedTests(scenario);
    listTests(scenario);
  });
};
