import { PipelineError } from '@alluvium/contracts';
import { fetchModel, loadEmbedder } from '@alluvium/embedding';
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

/** Models of the data bucket, brought to the function's disk. */
export const modelsFrom =
  (store: ObjectStore, tmpDirectory: string): OpenModel =>
  async (id) => {
    const directory = await fetchModel({ read: readFrom(store, id), prefix: `models/${id}/`, tmpDirectory });
    return loadEmbedder({ directory });
  };
