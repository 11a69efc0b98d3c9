import type { ObjectStore, StoredObject } from '@alluvium/vector-store';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

/** Text in UTF-8. */
export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Text of an object, or why there is none. */
export const textOf = (object: StoredObject | 'not-modified' | undefined): string | undefined =>
  object === undefined || object === 'not-modified' ? object : new TextDecoder().decode(object.body);

/** Declares the tests of conditional reads and writes, for keys that `keyOf` makes of short names. */
export const conditionalWrites = (storeOf: () => ObjectStore, keyOf: (name: string) => string): void => {
  let store: ObjectStore;
  beforeAll(() => {
    store = storeOf();
  });

  it('answers not-modified to the current ETag and the object to another', async () => {
    const first = await store.put(keyOf('conditional-get'), bytes('one'), { ifNoneMatch: '*' });
    expect(await store.get(keyOf('conditional-get'), { ifNoneMatch: first.etag })).toBe('not-modified');
    await store.put(keyOf('conditional-get'), bytes('two'), { ifMatch: first.etag });
    expect(textOf(await store.get(keyOf('conditional-get'), { ifNoneMatch: first.etag }))).toBe('two');
  });

  it('creates only once under If-None-Match', async () => {
    await store.put(keyOf('create'), bytes('first'), { ifNoneMatch: '*' });
    await expect(store.put(keyOf('create'), bytes('second'), { ifNoneMatch: '*' })).rejects.toMatchObject({
      code: 'PRECONDITION_FAILED',
      kind: 'conflict',
    });
    expect(textOf(await store.get(keyOf('create')))).toBe('first');
  });

  it('replaces only the expected object under If-Match', async () => {
    const first = await store.put(keyOf('replace'), bytes('one'), { ifNoneMatch: '*' });
    const second = await store.put(keyOf('replace'), bytes('two'), { ifMatch: first.etag });
    expect(second.etag).not.toBe(first.etag);
    await expect(store.put(keyOf('replace'), bytes('three'), { ifMatch: first.etag })).rejects.toMatchObject({
      code: 'PRECONDITION_FAILED',
    });
    expect(textOf(await store.get(keyOf('replace')))).toBe('two');
  });

  it('refuses If-Match where nothing is', async () => {
    await expect(
      store.put(keyOf('nothing'), bytes('x'), { ifMatch: '"d41d8cd98f00b204e9800998ecf8427e"' }),
    ).rejects.toMatchObject({ code: 'PRECONDITION_FAILED', kind: 'conflict' });
    expect(await store.get(keyOf('nothing'))).toBeUndefined();
  });

  it.each([
    ['If-None-Match', {}],
    ['If-Match', { seed: 'zero' }],
  ])('lets exactly one of many racing writers win under %s', async (title, { seed }: { seed?: string }) => {
    const key = keyOf(`race-${title}`);
    const condition =
      seed === undefined
        ? { ifNoneMatch: '*' as const }
        : { ifMatch: (await store.put(key, bytes(seed), { ifNoneMatch: '*' })).etag };
    const writers = Array.from({ length: 8 }, (_, index) => `writer ${index}`);
    const outcomes = await Promise.allSettled(writers.map((text) => store.put(key, bytes(text), condition)));
    const winners = writers.filter((_, index) => outcomes[index]?.status === 'fulfilled');
    expect(winners).toHaveLength(1);
    expect(textOf(await store.get(key))).toBe(winners[0]);
  });
};

/** A pointer store under test. */
export interface PointerStoreUnderTest {
  store: ObjectStore;
  close?: () => Promise<void>;
}

/** What holds the HEADs of indexes must do this, whatever it is made of; run it inside a test file, once per driver. */
export const pointerStoreConformance = (name: string, open: () => Promise<PointerStoreUnderTest>): void => {
  describe(`${name} as a pointer store`, () => {
    const keyOf = (key: string): string => `indexes/${key}/HEAD`;
    let opened: PointerStoreUnderTest;

    beforeAll(async () => {
      opened = await open();
    });
    afterAll(async () => {
      await opened.close?.();
    });

    conditionalWrites(() => opened.store, keyOf);

    it('reads back what was written, of any size that a HEAD has', async () => {
      const body = bytes('x'.repeat(64_000));
      const { etag } = await opened.store.put(keyOf('large'), body, { ifNoneMatch: '*' });
      expect(await opened.store.get(keyOf('large'))).toMatchObject({ etag, sizeBytes: 64_000, body });
    });

    it('answers undefined where nothing was written', async () => {
      expect(await opened.store.get(keyOf('absent'))).toBeUndefined();
    });
  });
};
