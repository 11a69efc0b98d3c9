import { PipelineError } from '@alluvium/contracts';
import { fetchModel, loadEmbedder } from '@alluvium/embedding';
import { embedderOf, readProviderManifest, type ProviderDeps } from '@alluvium/embedding-providers';
import { readObject, type ObjectStore } from '@alluvium/vector-store';
import type { OpenModel } from '../ports.ts';

const readFrom =
  (store: ObjectStore, id: string) =>
  async (key: string): Promise<Uint8Array> => {
    const object = await readObject(store, key);
    if (object !== undefined) return object.body;
    throw new PipelineError(
      `The model ${id} is not there (${key}): upload it, or search with mode=lexical.`,
      { code: 'MODEL_MISSING', kind: 'unavailable', details: { id, key } },
    );
  };

/** Models of the data bucket, brought to the function's disk, and those of providers, which have a manifest alone. */
export const modelsFrom =
  (store: ObjectStore, tmpDirectory: string, providers: ProviderDeps): OpenModel =>
  async (id) => {
    const read = readFrom(store, id);
    const provided = readProviderManifest(await read(`models/${id}/manifest.json`));
    if (provided !== undefined) return embedderOf(provided, providers);
    return loadEmbedder({ directory: await fetchModel({ read, prefix: `models/${id}/`, tmpDirectory }) });
  };
