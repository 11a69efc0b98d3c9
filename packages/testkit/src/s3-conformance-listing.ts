import {
  DeleteObjectCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
} from '@aws-sdk/client-s3';
import { describe, expect, it } from '@jest/globals';
import { failureOf, type S3Scenario } from './s3-conformance-scenario.ts';

/** In the order of their UTF-8 bytes, which is not that of JavaScript's strings: U+FF61 comes before U+1F600. */
const KEYS = ['a', 'a/', 'a/1', 'a/2/x', 'a0', 'b c', 'b/1', 'b/2', 'z', 'é', '日', '｡', '😀'];

export const s3ListingTests = ({ client, bucket, put }: S3Scenario): void => {
  const filled = async (): Promise<string> => {
    const Bucket = await bucket();
    await Promise.all(KEYS.map((key) => put(Bucket, key, key)));
    return Bucket;
  };

  const list = async (Bucket: string, options: Partial<ListObjectsV2CommandInput> = {}) => {
    const { Contents = [], CommonPrefixes = [] } = await client().send(
      new ListObjectsV2Command({ Bucket, ...options }),
    );
    return {
      keys: Contents.map(({ Key }) => Key!),
      prefixes: CommonPrefixes.map(({ Prefix }) => Prefix!),
    };
  };

  describe('listings', () => {
    it('orders keys by their UTF-8 bytes', async () => {
      expect((await list(await filled())).keys).toEqual(KEYS);
    });

    it('selects by prefix and groups by delimiter', async () => {
      const Bucket = await filled();
      expect(await list(Bucket, { Prefix: 'b' })).toEqual({ keys: ['b c', 'b/1', 'b/2'], prefixes: [] });
      expect(await list(Bucket, { Prefix: 'a', Delimiter: '/' })).toEqual({
        keys: ['a', 'a0'],
        prefixes: ['a/'],
      });
      expect(await list(Bucket, { Prefix: 'a/', Delimiter: '/' })).toEqual({
        keys: ['a/', 'a/1'],
        prefixes: ['a/2/'],
      });
    });

    it('starts after a key', async () => {
      expect((await list(await filled(), { StartAfter: 'b/1' })).keys).toEqual(KEYS.slice(7));
    });

    it.each([1, 2, 5])('goes through all in pages of %i', async (MaxKeys) => {
      const Bucket = await filled();
      const found: string[] = [];
      let ContinuationToken: string | undefined;
      do {
        const page: {
          NextContinuationToken?: string | undefined;
          KeyCount?: number | undefined;
        } & Parameters<typeof names>[0] = await client().send(
          new ListObjectsV2Command({ Bucket, MaxKeys, Delimiter: '/', ContinuationToken }),
        );
        expect(page.KeyCount).toBeLessThanOrEqual(MaxKeys);
        found.push(...names(page));
        ContinuationToken = page.NextContinuationToken;
      } while (ContinuationToken !== undefined);
      expect(found.sort()).toEqual(['a', 'a/', 'a0', 'b c', 'b/', 'z', 'é', '日', '｡', '😀'].sort());
    });

    it('knows when the last page is full', async () => {
      const Bucket = await filled();
      const { IsTruncated } = await client().send(new ListObjectsV2Command({ Bucket, MaxKeys: KEYS.length }));
      expect(IsTruncated).toBe(false);
    });

    it('encodes names on demand', async () => {
      const Bucket = await filled();
      expect((await list(Bucket, { EncodingType: 'url', Prefix: 'b ' })).keys).toEqual(['b+c']);
      expect((await list(Bucket, { EncodingType: 'url', Prefix: 'é' })).keys).toEqual(['%C3%A9']);
    });

    it('leaves out what is deleted', async () => {
      const Bucket = await bucket({ versioning: 'Enabled' });
      for (const key of ['a/1', 'b']) await put(Bucket, key, key);
      await client().send(new DeleteObjectCommand({ Bucket, Key: 'a/1' }));
      expect(await list(Bucket, { Delimiter: '/' })).toEqual({ keys: ['b'], prefixes: [] });
    });

    it('refuses a token it never gave out', async () => {
      const call = client().send(
        new ListObjectsV2Command({ Bucket: await bucket(), ContinuationToken: 'nonsense' }),
      );
      expect(await failureOf(call)).toBe('400 InvalidArgument');
    });

    it('goes through all in the first version of the API', async () => {
      const Bucket = await filled();
      const found: string[] = [];
      let Marker: string | undefined;
      for (let more = true; more;) {
        const page: Parameters<typeof names>[0] & {
          IsTruncated?: boolean | undefined;
          NextMarker?: string | undefined;
        } = await client().send(new ListObjectsCommand({ Bucket, MaxKeys: 2, Delimiter: '/', Marker }));
        found.push(...names(page));
        Marker = page.NextMarker;
        more = page.IsTruncated === true;
      }
      expect(found).toHaveLength(10);
      expect(new Set(found)).toEqual(new Set(['a', 'a/', 'a0', 'b c', 'b/', 'z', 'é', '日', '｡', '😀']));
    });
  });
};

const names = ({
  Contents = [],
  CommonPrefixes = [],
}: {
  Contents?: { Key?: string | undefined }[] | undefined;
  CommonPrefixes?: { Prefix?: string | undefined }[] | undefined;
}): string[] => [...Contents.map(({ Key }) => Key!), ...CommonPrefixes.map(({ Prefix }) => Prefix!)];
