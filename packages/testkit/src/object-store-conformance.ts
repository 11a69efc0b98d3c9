import type { ObjectStore } from '@alluvium/vector-store';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { bytes, conditionalWrites, textOf } from './pointer-store-conformance.ts';

const keysOf = async (store: ObjectStore, prefix: string): Promise<string[]> => {
  const keys: string[] = [];
  for await (const { key } of store.list(prefix)) keys.push(key);
  return keys;
};

/** A store under test; `prefix` keeps its keys apart in a shared bucket. */
export interface StoreUnderTest {
  store: ObjectStore;
  prefix?: string;
  close?: () => Promise<void>;
}

/** What every {@link ObjectStore} must do; run it inside a test file, once per driver. */
export const objectStoreConformance = (name: string, open: () => Promise<StoreUnderTest>): void => {
  describe(`${name} as an object store`, () => {
    let store: ObjectStore;
    let prefix: string;
    let close: StoreUnderTest['close'];

    beforeAll(async () => {
      const opened = await open();
      store = opened.store;
      prefix = opened.prefix ?? 'conformance/';
      close = opened.close;
    });
    afterAll(async () => {
      await close?.();
    });

    conditionalWrites(
      () => store,
      (key) => prefix + key,
    );

    it('reads back what was written, with its size and ETag', async () => {
      const { etag } = await store.put(`${prefix}read`, bytes('hello'));
      expect(etag).not.toBe('');
      const object = await store.get(`${prefix}read`);
      expect(object).toMatchObject({ key: `${prefix}read`, etag, sizeBytes: 5 });
      expect(textOf(object)).toBe('hello');
    });

    it('answers undefined for a key without object', async () => {
      expect(await store.get(`${prefix}absent`)).toBeUndefined();
    });

    it('keeps empty objects', async () => {
      await store.put(`${prefix}empty`, new Uint8Array());
      expect(await store.get(`${prefix}empty`)).toMatchObject({ sizeBytes: 0 });
    });

    it.each([
      [0, 3, 'abc'],
      [4, 6, 'ef'],
      [8, 100, 'ij'],
    ])('reads bytes %i to %i, clipped at the end', async (start, end, expected) => {
      await store.put(`${prefix}range`, bytes('abcdefghij'));
      const object = await store.get(`${prefix}range`, { range: { start, end } });
      expect(textOf(object)).toBe(expected);
      expect(object).toMatchObject({ sizeBytes: 10 });
    });

    it('refuses a range that begins past the end', async () => {
      await store.put(`${prefix}range`, bytes('abcdefghij'));
      await expect(store.get(`${prefix}range`, { range: { start: 10, end: 20 } })).rejects.toMatchObject({
        code: 'RANGE_INVALID',
        kind: 'invalid',
      });
    });

    it('creates again what was deleted', async () => {
      await store.put(`${prefix}recreate`, bytes('first'));
      await store.delete(`${prefix}recreate`);
      await store.put(`${prefix}recreate`, bytes('second'), { ifNoneMatch: '*' });
      expect(textOf(await store.get(`${prefix}recreate`))).toBe('second');
    });

    it('lists the objects under a prefix in order of key, without deleted ones', async () => {
      for (const key of ['b', 'a/2', 'a/10', 'gone']) await store.put(`${prefix}list/${key}`, bytes(key));
      await store.delete(`${prefix}list/gone`);
      await store.put(`${prefix}lists`, bytes('a neighbour'));
      expect(await keysOf(store, `${prefix}list/`)).toEqual(
        ['a/10', 'a/2', 'b'].map((key) => `${prefix}list/${key}`),
      );
      for await (const listed of store.list(`${prefix}list/b`)) {
        expect(listed).toMatchObject({ sizeBytes: 1 });
        expect(listed.lastModified).toBeInstanceOf(Date);
      }
    });

    it('deletes, and does not mind when nothing is there', async () => {
      await store.put(`${prefix}delete`, bytes('x'));
      await store.delete(`${prefix}delete`);
      await store.delete(`${prefix}delete`);
      expect(await store.get(`${prefix}delete`)).toBeUndefined();
    });

    it.each([
      ['bytes', bytes('original')],
      ['a Buffer', Buffer.from('original')],
    ])('does not hand out or keep the memory it was given as %s', async (_title, body) => {
      await store.put(`${prefix}alias`, body);
      body.fill(0);
      const first = await store.get(`${prefix}alias`);
      if (first !== undefined && first !== 'not-modified') first.body.fill(0);
      expect(textOf(await store.get(`${prefix}alias`))).toBe('original');
    });
  });
};
