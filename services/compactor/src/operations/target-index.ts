import { assertReadable, collectionV1, PipelineError, type CollectionV1 } from '@alluvium/contracts';
import { requiredArg, type OperationRequest } from '@alluvium/lambda-kit';
import { parseIndexPath, readObject } from '@alluvium/vector-store';
import type { RegisteredIndex } from '../domain/inbox-item.ts';
import type { OperationDeps } from '../ports.ts';

/** The document of a collection, as the orchestrator keeps it. */
export const findCollection = async (
  { store }: Pick<OperationDeps, 'store'>,
  collection: string,
): Promise<CollectionV1 | undefined> => {
  const object = await readObject(store, `collections/${collection}.json`);
  return object && assertReadable(collectionV1, JSON.parse(Buffer.from(object.body).toString('utf8')));
};

/**
 * The index that an operation is about: the one it names, else the one that answers for its collection.
 * Errors: OPERATION_ARGUMENT_MISSING, INDEX_PATH_INVALID, COLLECTION_NOT_FOUND, INDEX_MISSING.
 */
export const targetIndex = async (
  deps: Pick<OperationDeps, 'store'>,
  request: OperationRequest,
): Promise<RegisteredIndex> => {
  const { indexPath } = request.args;
  if (indexPath !== undefined) return { indexPath, collection: parseIndexPath(indexPath).collection };
  const name = requiredArg(request, 'collection');
  const found = await findCollection(deps, name);
  const refuse = (code: string, message: string): PipelineError =>
    new PipelineError(message, { code, kind: 'invalid', details: { collection: name } });
  if (found === undefined) throw refuse('COLLECTION_NOT_FOUND', `There is no collection "${name}"`);
  const { active } = found;
  if (active === undefined) throw refuse('INDEX_MISSING', `Nothing was published in "${name}" yet`);
  return { indexPath: active.path, collection: parseIndexPath(active.path).collection };
};

/** What garbage collection keeps of a collection by its own document; nothing where it has none. */
export const retentionOf = async (
  deps: Pick<OperationDeps, 'store'>,
  collection: string,
): Promise<NonNullable<CollectionV1['retention']>> =>
  (await findCollection(deps, collection))?.retention ?? {};
