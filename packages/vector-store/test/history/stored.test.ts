import { assertProduced, hashId, indexPathOf, type DocumentContract } from '@alluvium/contracts';
import { documents } from '@alluvium/contracts/catalogue';
import { describe, expect, it } from '@jest/globals';
import {
  collectGarbage,
  eraseDocuments,
  memoryObjectStore,
  publish,
  resolveVersion,
  rollback,
  tagVersion,
  type ObjectStore,
  type VersionedObjectStore,
} from '../../src/index.ts';
import { deltaOf, documentOf, MODEL } from '../deltas.ts';
import { refOf } from '../publisher.ts';
import { DAY_MS } from './old-times.ts';

const INDEX_PATH = indexPathOf('docs', MODEL.id, MODEL.dims);
const contracts = documents as Record<string, DocumentContract<unknown>>;

/** Every JSON document that is put. */
const noting = (
  store: VersionedObjectStore,
  stored: [string, { format: string }][],
): VersionedObjectStore => ({
  ...store,
  put: async (key, body, condition, options) => {
    const result = await store.put(key, body, condition, options);
    if (options?.contentType === 'application/json')
      stored.push([key, JSON.parse(Buffer.from(body).toString('utf8')) as { format: string }]);
    return result;
  },
});

let ids = 0;
let nowMs = Date.parse('2026-01-01T00:00:00Z');

const writerOf = (store: ObjectStore) => ({
  store,
  indexPath: INDEX_PATH,
  fence: 1,
  checkLease: () => undefined,
  clock: { nowMs: () => nowMs, monotonicMs: () => nowMs },
  newId: (): string => `01${String((ids += 1)).padStart(24, '0')}`,
});

const publishOne = async (store: ObjectStore, part: number): Promise<void> => {
  const names = { runId: hashId('run'), deltaId: hashId(['delta', part]) };
  const delta = { ...deltaOf(part, [documentOf(part % 7, { sequence: part })]), ...names };
  const writer = writerOf(store);
  await publish({ ...writer, choose: async () => [refOf(delta)], loadDelta: async () => delta });
};

describe('the books of history', () => {
  it('are what the closed schemas of their formats allow', async () => {
    const stored: [string, { format: string }][] = [];
    const store = noting(memoryObjectStore({ nowMs: () => nowMs }), stored);
    for (let part = 0; part < 35; part += 1) await publishOne(store, part);
    const version = await resolveVersion(store, INDEX_PATH, 34);
    await tagVersion(store, INDEX_PATH, { name: 'good', version, nowMs, note: 'as it should be' });
    await rollback({ ...writerOf(store), to: 'good', reason: 'an example' });
    for (let cycle = 0; cycle < 3; cycle += 1) {
      nowMs += 3 * DAY_MS;
      await collectGarbage({ ...writerOf(store), dryRun: false });
    }
    await eraseDocuments({ ...writerOf(store), documentIds: ['files/page#3'] });
    for (const [key, document] of stored) {
      const contract = contracts[document.format];
      expect([key, contract?.name]).toEqual([key, document.format]);
      expect(() => assertProduced(contract!, document)).not.toThrow();
    }
    expect([...new Set(stored.map(([, { format }]) => format))].sort()).toEqual(
      [
        'head',
        'manifest',
        'applied-deltas',
        'history-page',
        'tag',
        'rollback',
        'garbage-marks',
        'gc-report',
        'erase-report',
      ]
        .map((name) => `${name}.v1`)
        .sort(),
    );
  });
});
