import { tmpdir } from 'node:os';
import { fetchModel, loadEmbedder, type ByteSource } from '@alluvium/embedding';
import {
  batchesOf,
  embedderOf,
  readProviderManifest,
  type ProviderDeps,
} from '@alluvium/embedding-providers';
import type { Model, OpenModel } from '../ports.ts';
import { manifestKey, prefixOf, readFrom, readManifest, type ModelPlace } from './provider-s3.ts';

const openLocal = async (from: ModelPlace, manifest: Uint8Array): Promise<Model> => {
  const read = async (key: string): Promise<ByteSource> =>
    key === manifestKey(from) ? manifest : readFrom(from)(key);
  const directory = await fetchModel({ read, prefix: prefixOf(from), tmpDirectory: tmpdir() });
  return loadEmbedder({ directory });
};

const openModel = async (from: ModelPlace, providers: ProviderDeps): Promise<Model> => {
  const bytes = await readManifest(from);
  const manifest = readProviderManifest(bytes);
  if (manifest === undefined) return openLocal(from, bytes);
  const batches = batchesOf(manifest, providers);
  return { ...embedderOf(manifest, providers), ...(batches !== undefined && { batches }) };
};

/** Where models are, and which one a collection has. */
export interface ModelSource {
  place: () => Omit<ModelPlace, 'modelId'>;
  modelOf: (collection: string) => Promise<string>;
}

/**
 * The model of a collection, from `models/<id>/`, brought to the function's disk, or that of a provider; each is opened once in the
 * function's life. A failure is not kept: the next event tries again.
 */
export const modelFromS3 = ({ place, modelOf }: ModelSource, providers: ProviderDeps): OpenModel => {
  const opening = new Map<string, Promise<Model>>();
  return async (collection) => {
    const modelId = await modelOf(collection);
    const known = opening.get(modelId);
    if (known !== undefined) return known;
    const model = openModel({ ...place(), modelId }, providers);
    opening.set(modelId, model);
    model.catch(() => opening.delete(modelId));
    return model;
  };
};
