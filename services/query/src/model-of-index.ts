import { PipelineError, type IndexV1 } from '@alluvium/contracts';
import type { QueryDeps, QueryModel } from './ports.ts';

const open = async (
  { openModel }: Pick<QueryDeps, 'openModel'>,
  { modelId, path }: IndexV1,
): Promise<QueryModel> => {
  const id = modelId.replace(/@.*$/, '');
  const model = await openModel(id);
  if (model.stamp === modelId) return model;
  await model.close();
  throw new PipelineError(
    `The index ${path} was made by the model ${modelId}, but models/${id}/ holds ${model.stamp}: put the former ` +
      'back, or ingest again with the latter. mode=lexical needs no model.',
    { code: 'MODEL_MISMATCH', kind: 'conflict', details: { index: modelId, found: model.stamp } },
  );
};

/** The model that made an index, opened once. Errors: MODEL_MISMATCH and those of opening it. */
export const modelOfIndex = async (
  deps: Pick<QueryDeps, 'openModel' | 'residents'>,
  index: IndexV1,
): Promise<QueryModel> => {
  const { models } = deps.residents;
  const opened = models.get(index.modelId);
  if (opened !== undefined) return opened;
  const opening = open(deps, index);
  models.set(index.modelId, opening, 1);
  try {
    return await opening;
  } catch (error) {
    // A failure is not kept: the next request tries again.
    models.delete(index.modelId);
    throw error;
  }
};
