import { PipelineError, type IndexV1, type RetrieveResponseV1 } from '@alluvium/contracts';
import type { Search } from './domain/search.ts';
import { modelOfIndex } from './model-of-index.ts';
import type { QueryDeps } from './ports.ts';

/** A query as the index compares it, and the model that its vector is of. */
export interface Embedded {
  vector: Float32Array;
  model: NonNullable<RetrieveResponseV1['model']>;
}

const nameOf = (modelId: string): string => modelId.replace(/@.*$/, '');

const assertModel = ({ model }: Search, { modelId, path }: IndexV1): void => {
  if (model === undefined || model === modelId || model === nameOf(modelId)) return;
  throw new PipelineError(
    `The query names the model ${model}, but the index ${path} is of ${modelId}: vectors of two models do not compare.`,
    { code: 'MODEL_MISMATCH', kind: 'conflict', details: { query: model, index: modelId } },
  );
};

const assertDims = ({ vector }: Search, { modelId, dims }: IndexV1): void => {
  if (vector === undefined || vector.length === dims) return;
  throw new PipelineError(
    `The vector has ${vector.length} dimensions, but those of ${modelId}, which made the index, have ${dims}.`,
    { code: 'DIMENSION_MISMATCH', kind: 'conflict', details: { query: vector.length, index: dims } },
  );
};

/** Errors: MODEL_MISMATCH for another model than that of the index, DIMENSION_MISMATCH for a vector of another length. */
export const assertOfIndex = (search: Search, index: IndexV1): void => {
  assertModel(search, index);
  assertDims(search, index);
};

/**
 * The vector of a query, its own or one of its text; undefined where words alone count. Errors: MODEL_MISMATCH, MODEL_MISSING and
 * those of the model.
 */
export const embedQuery = async (
  deps: QueryDeps,
  { text = '', vector, mode }: Search,
  index: IndexV1,
): Promise<Embedded | undefined> => {
  if (mode === 'lexical') return undefined;
  if (vector !== undefined) return { vector, model: { id: index.modelId, dims: index.dims } };
  const model = await modelOfIndex(deps, index);
  return { vector: await model.embedQuery(text), model: { id: model.stamp, dims: model.dims } };
};
