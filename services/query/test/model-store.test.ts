import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { embedderOf, type ProviderDeps, type ProviderManifest } from '@alluvium/embedding-providers';
import { memoryObjectStore } from '@alluvium/vector-store';
import { modelsFrom } from '../src/adapters/model-store.ts';

const MODEL = new URL('../../../packages/embedding/models/alluvium-384/', import.meta.url);

const noProviders = {} as ProviderDeps;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alluvium-query-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('the models of the bucket', () => {
  it('are opened where they lie and tell their stamp', async () => {
    const store = memoryObjectStore();
    for (const file of ['manifest.json', 'model.onnx', 'tokenizer.json']) {
      await store.put(`models/alluvium-384/${file}`, await readFile(new URL(file, MODEL)));
    }
    const model = await modelsFrom(store, folder, noProviders)('alluvium-384');
    expect(model.stamp).toMatch(/^alluvium-384@[0-9a-f]{12}$/);
    const vector = await model.embedQuery('a river of stones');
    expect([vector.length, Math.hypot(...vector)]).toEqual([model.dims, expect.closeTo(1, 3)]);
    await model.close();
  });

  it('are missed by name when they are not there', async () => {
    const opening = modelsFrom(memoryObjectStore(), folder, noProviders)('bge-small');
    await expect(opening).rejects.toMatchObject({
      ...{ code: 'MODEL_MISSING', kind: 'unavailable' },
      message: expect.stringContaining('bge-small') as unknown,
    });
  });

  it('may be those of a provider, which have the stamp that writes indexes', async () => {
    const store = memoryObjectStore();
    const manifest: ProviderManifest = {
      format: 'embedding-provider/1',
      ...{ id: 'small', dimensions: 8, max_tokens: 100, query_prefix: '', passage_prefix: '' },
      provider: { kind: 'openai-batch', model: 'text-embedding-3-small' },
    };
    await store.put('models/small/manifest.json', Buffer.from(JSON.stringify(manifest)));
    const providers = { clock: { nowMs: () => 0 } } as ProviderDeps;
    const model = await modelsFrom(store, folder, providers)('small');
    expect([model.stamp, model.dims]).toEqual([embedderOf(manifest, providers).stamp, 8]);
  });
});
