import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { residentCache, type PlaneCache } from '../../src/cache/plane-cache.ts';
import { bytesOfKey } from './folders.ts';

/** What an entry costs beside its bytes. */
const BESIDE = 256;

/** Loads the bytes of a key and counts how often the store was asked. */
const loader = (cache: PlaneCache) => {
  const reads: string[] = [];
  const load = (key: string, sizeBytes = 1000) =>
    cache.load(key, sizeBytes, async () => {
      reads.push(key);
      return bytesOfKey(key, sizeBytes);
    });
  return { reads, load };
};

describe('a cache in memory', () => {
  it('reads a plane once and gives it synchronously from then on', async () => {
    const cache = residentCache({ memoryBytes: 10_000 });
    const { reads, load } = loader(cache);
    expect(cache.get('a#x')).toBeUndefined();
    expect(cache.holds('a#x')).toBe(false);
    expect(await load('a#x')).toEqual({ bytes: bytesOfKey('a#x', 1000), from: 'store' });
    expect(await load('a#x')).toEqual({ bytes: bytesOfKey('a#x', 1000), from: 'memory' });
    expect(cache.get('a#x')).toEqual(bytesOfKey('a#x', 1000));
    expect(cache.holds('a#x')).toBe(true);
    expect(reads).toEqual(['a#x']);
  });

  it('drops what was used longest ago', async () => {
    const cache = residentCache({ memoryBytes: 3 * (1000 + BESIDE) });
    const { load } = loader(cache);
    for (const key of ['a', 'b', 'c']) await load(key);
    cache.get('a');
    await load('b');
    expect(cache.holds('c')).toBe(true);
    await load('d');
    expect(['a', 'b', 'c', 'd'].filter((key) => cache.holds(key))).toEqual(['a', 'b', 'd']);
    await load('e');
    expect(['a', 'b', 'd', 'e'].filter((key) => cache.holds(key))).toEqual(['b', 'd', 'e']);
  });

  it('serves what is larger than its budget, keeps it not, and drops nothing for it', async () => {
    const cache = residentCache({ memoryBytes: 2000 });
    const { reads, load } = loader(cache);
    await load('small', 500);
    expect((await load('large', 5000)).bytes).toHaveLength(5000);
    expect((await load('large', 5000)).from).toBe('store');
    expect(cache.holds('small')).toBe(true);
    expect(reads).toEqual(['small', 'large', 'large']);
  });

  it('asks the store once for callers who come together', async () => {
    const cache = residentCache({ memoryBytes: 10_000 });
    const { reads, load } = loader(cache);
    const answers = await Promise.all([load('a'), load('a'), load('b'), load('a')]);
    expect(reads).toEqual(['a', 'b']);
    expect(answers[1].bytes).toBe(answers[0].bytes);
  });

  it('tells a failure to all who wait for it and to nobody after them', async () => {
    const cache = residentCache({ memoryBytes: 10_000 });
    const failing = () => cache.load('a', 10, () => Promise.reject(new Error('no network')));
    const outcomes = await Promise.allSettled([failing(), failing()]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect((await loader(cache).load('a')).from).toBe('store');
    expect(cache.usage().entries).toBe(1);
  });

  it('keeps no larger buffer alive than it counts', async () => {
    const cache = residentCache({ memoryBytes: 10_000 });
    const large = new Uint8Array(1_000_000).fill(7);
    const { bytes } = await cache.load('a', 100, async () => large.subarray(500, 600));
    expect(bytes).toEqual(new Uint8Array(100).fill(7));
    expect(bytes.buffer.byteLength).toBe(100);
    expect(cache.usage()).toEqual({ memoryBytes: 100 + BESIDE, diskBytes: 0, entries: 1 });
  });

  it.each([
    ['fills', (allocate: ((size: number) => Uint8Array) | undefined) => allocate!(100)],
    ['ignores', () => new Uint8Array(100)],
  ])(
    'puts bytes into the memory of the caller when the read %s it, and counts all of it',
    async (_title, make) => {
      const cache = residentCache({ memoryBytes: 10_000 });
      const memory = new ArrayBuffer(4096);
      const { bytes } = await cache.load(
        'a',
        100,
        async (allocate) => make(allocate).fill(9),
        (sizeBytes) => new Uint8Array(memory, 64, sizeBytes),
      );
      expect(bytes.buffer).toBe(memory);
      expect(bytes).toEqual(new Uint8Array(100).fill(9));
      expect(cache.get('a')).toBe(bytes);
      expect(cache.usage().memoryBytes).toBe(4096 + BESIDE);
    },
  );

  it('forgets by prefix, what is under way too', async () => {
    const cache = residentCache({ memoryBytes: 10_000 });
    const { load } = loader(cache);
    await load('one#x');
    await load('two#x');
    const underway = load('one#y');
    cache.forget('one#');
    expect((await underway).bytes).toEqual(bytesOfKey('one#y', 1000));
    expect(['one#x', 'one#y', 'two#x'].filter((key) => cache.holds(key))).toEqual(['two#x']);
    expect((await load('one#y')).from).toBe('store');
  });

  it('makes room before bytes arrive', async () => {
    const cache = residentCache({ memoryBytes: 3 * (1000 + BESIDE) });
    const { load } = loader(cache);
    for (const key of ['a', 'b', 'c']) await load(key);
    let meanwhile = 0;
    await cache.load('d', 2000, async () => {
      meanwhile = cache.usage().memoryBytes;
      return bytesOfKey('d', 2000);
    });
    expect(meanwhile).toBe(1000 + BESIDE);
  });

  it('stays within its budget and gives the right bytes under any load', async () => {
    const step = fc.record({
      key: fc.integer({ min: 0, max: 12 }).map((id) => `segment-${id % 3}#${id}`),
      action: fc.constantFrom('load', 'load', 'load', 'get', 'fail', 'forget'),
      together: fc.boolean(),
    });
    const sizeOf = (key: string) => (Number(key.split('#')[1]) * 977) % 6000;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const cache = residentCache({ memoryBytes: 8000 });
        let pending: Promise<unknown>[] = [];
        for (const { key, action, together } of steps) {
          if (action === 'get') {
            const resident = cache.get(key);
            if (resident) expect(resident).toEqual(bytesOfKey(key, sizeOf(key)));
          } else if (action === 'forget') cache.forget(key.split('#')[0]!);
          else {
            const read = async () => {
              if (action === 'fail') throw new Error('planned');
              return bytesOfKey(key, sizeOf(key));
            };
            const check = cache.load(key, sizeOf(key), read).then(
              ({ bytes }) => expect(bytes).toEqual(bytesOfKey(key, sizeOf(key))),
              (error: unknown) => expect(error).toHaveProperty('message', 'planned'),
            );
            pending.push(check);
          }
          if (!together) {
            await Promise.all(pending);
            pending = [];
          }
          expect(cache.usage().memoryBytes).toBeLessThanOrEqual(8000);
        }
        await Promise.all(pending);
      }),
      { numRuns: 60 },
    );
  });
});
