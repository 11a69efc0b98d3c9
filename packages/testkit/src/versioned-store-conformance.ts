import type { ListedVersion, VersionedObjectStore } from '@alluvium/vector-store';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

/** A store under test; `prefix` keeps its keys apart in a shared bucket. */
export interface VersionedStoreUnderTest {
  store: VersionedObjectStore;
  prefix?: string;
  close?: () => Promise<void>;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** What every {@link VersionedObjectStore} must do beside what an object store does; run it inside a test file, once per driver. */
export const versionedStoreConformance = (
  name: string,
  open: () => Promise<VersionedStoreUnderTest>,
): void => {
  describe(`${name} as a store of versions`, () => {
    let store: VersionedObjectStore;
    let prefix: string;
    let close: VersionedStoreUnderTest['close'];

    beforeAll(async () => {
      const opened = await open();
      store = opened.store;
      prefix = opened.prefix ?? 'versions/';
      close = opened.close;
    });
    afterAll(async () => {
      await close?.();
    });

    const versionsOf = async (key: string): Promise<ListedVersion[]> => {
      const found: ListedVersion[] = [];
      for await (const version of store.listVersions(`${prefix}${key}`)) found.push(version);
      return found;
    };

    it('lists what was written over, the newest first, and reads it by its version', async () => {
      for (const text of ['one', 'three', 'fourth']) await store.put(`${prefix}over`, bytes(text));
      const versions = await versionsOf('over');
      expect(versions.map(({ sizeBytes, isLatest }) => [sizeBytes, isLatest])).toEqual([
        [6, true],
        [5, false],
        [3, false],
      ]);
      const oldest = await store.get(`${prefix}over`, { versionId: versions[2]?.versionId ?? '' });
      expect(oldest).toMatchObject({ body: bytes('one') });
    });

    it('keeps what was deleted behind a marker', async () => {
      await store.put(`${prefix}deleted`, bytes('text'));
      await store.delete(`${prefix}deleted`);
      const versions = await versionsOf('deleted');
      expect(versions.map(({ isLatest, isDeleteMarker }) => [isLatest, isDeleteMarker])).toEqual([
        [true, true],
        [false, false],
      ]);
    });

    it('forgets a version for good, and brings back what is behind a marker that goes', async () => {
      await store.put(`${prefix}gone`, bytes('old'));
      await store.put(`${prefix}gone`, bytes('young'));
      await store.delete(`${prefix}gone`);
      const [marker, young] = await versionsOf('gone');
      await store.deleteVersion(`${prefix}gone`, young?.versionId ?? '');
      expect(await versionsOf('gone')).toHaveLength(2);
      await store.deleteVersion(`${prefix}gone`, marker?.versionId ?? '');
      expect(await store.get(`${prefix}gone`)).toMatchObject({ body: bytes('old') });
    });

    it('does not mind a version that is not there', async () => {
      await store.put(`${prefix}twice`, bytes('text'));
      const [version] = await versionsOf('twice');
      await store.deleteVersion(`${prefix}twice`, version?.versionId ?? '');
      await store.deleteVersion(`${prefix}twice`, version?.versionId ?? '');
      expect(await versionsOf('twice')).toEqual([]);
      expect(await store.get(`${prefix}twice`)).toBeUndefined();
    });

    it('lists keys in ascending order', async () => {
      for (const key of ['b', 'a/2', 'a/10']) await store.put(`${prefix}order/${key}`, bytes(key));
      const keys = (await versionsOf('order/')).map(({ key }) => key);
      expect(keys).toEqual(['a/10', 'a/2', 'b'].map((key) => `${prefix}order/${key}`));
    });
  });
};
