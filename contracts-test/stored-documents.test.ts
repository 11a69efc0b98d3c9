import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { assertProduced, hashId, type DocumentContract } from '@alluvium/contracts';
import { documents } from '@alluvium/contracts/catalogue';
import { readManifest } from '@alluvium/embedding';
import { memoryObjectStore, publish, type Delta, type ObjectStore } from '@alluvium/vector-store';
import { deltaOf, INDEX_PATH, RUN_ID } from '../services/compactor/test/support/deltas.ts';
import { exampleOf } from './support/schema-tree.ts';

const NOW_MS = Date.parse('2026-01-01T00:00:00Z');
const LONG_AFTER_MS = NOW_MS + 36 * 24 * 3600 * 1000;
const contracts = documents as Record<string, DocumentContract<unknown>>;

interface Stored {
  key: string;
  document: { format: string; version?: number };
}

/** Notes every JSON document that is put, those included that another takes the place of. */
const noting = (store: ObjectStore, stored: Stored[]): ObjectStore => ({
  ...store,
  put: async (key, body, condition, options) => {
    const result = await store.put(key, body, condition, options);
    if (options?.contentType === 'application/json')
      stored.push({ key, document: JSON.parse(Buffer.from(body).toString('utf8')) as Stored['document'] });
    return result;
  },
});

let ids = 0;
const newId = (): string => `01${String((ids += 1)).padStart(24, '0')}`;

const publishOne = (store: ObjectStore, delta: Delta, nowMs: number, isReadable = true): Promise<unknown> =>
  publish({
    store,
    indexPath: INDEX_PATH,
    fence: 1,
    choose: async () => [{ ...delta, key: `embeddings/docs/${delta.deltaId}` }],
    loadDelta: async () => {
      if (!isReadable) throw new Error('killed');
      return delta;
    },
    checkLease: () => undefined,
    clock: { nowMs: () => nowMs, monotonicMs: () => 0 },
    newId,
  });

describe('the documents of an index', () => {
  const stored: Stored[] = [];

  beforeAll(async () => {
    const store = noting(memoryObjectStore(), stored);
    await expect(publishOne(store, deltaOf(0), NOW_MS, false)).rejects.toThrow('killed');
    await publishOne(store, deltaOf(0), NOW_MS);
    await publishOne(store, deltaOf(1, { runId: hashId('another run') }), LONG_AFTER_MS);
  });

  const ofFormat = (format: string): Stored['document'][] =>
    stored.map(({ document }) => document).filter((document) => document.format === format);

  it('are what the closed schema of their format allows, whatever the engine writes', () => {
    for (const { key, document } of stored) {
      const contract = contracts[document.format];
      expect([key, contract?.name]).toEqual([key, document.format]);
      expect(() => assertProduced(contract!, document)).not.toThrow();
    }
  });

  it('are a HEAD for each claim and commit, a manifest and the applied deltas for each version', () => {
    const versions = ofFormat('head.v1').map(({ version }) => version);
    expect(versions).toEqual([0, 0, 1, 1, 2]);
    expect(ofFormat('manifest.v1')).toHaveLength(2);
    expect(ofFormat('applied-deltas.v1')).toEqual([
      expect.objectContaining({ runs: [expect.anything()], expired: [] }),
      expect.objectContaining({ runs: [expect.anything()], expired: [RUN_ID] }),
    ]);
  });

  it('are there with all of their optional fields and without', () => {
    const [first, ...others] = ofFormat('head.v1').map((document) => Object.keys(document).sort());
    const [minimal, full] = (['minimal', 'full'] as const).map((which) =>
      Object.keys(exampleOf('head.v1', which) as object).sort(),
    );
    expect(first).toEqual(minimal);
    expect(others.at(-1)).toEqual(full);
  });
});

describe('manifest.json of a model', () => {
  const contract = documents['embedding-model.v1'];
  const file = new URL('../packages/embedding/models/alluvium-384/manifest.json', import.meta.url);

  it('is what the closed schema allows: that of the model which comes with the project', () => {
    expect(() => assertProduced(contract, JSON.parse(readFileSync(file, 'utf8')))).not.toThrow();
  });

  it.each(['minimal', 'full'] as const)('is read by the embedder: the %s example', (which) => {
    const example = exampleOf(contract.name, which);
    expect(readManifest(Buffer.from(JSON.stringify(example)))).toEqual(example);
  });
});
