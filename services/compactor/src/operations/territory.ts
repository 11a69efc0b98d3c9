import { indexNamesOf } from '@alluvium/contracts';
import { requiredArg, type OperationRequest } from '@alluvium/lambda-kit';
import { readHead } from '@alluvium/vector-store';
import type { RegisteredIndex } from '../domain/inbox-item.ts';
import type { Territory } from '../erase/erase-outside.ts';
import type { OperationDeps } from '../ports.ts';
import { findCollection } from './target-index.ts';

/** All that belongs to a collection. */
export interface WholeTerritory extends Territory {
  /** Those that were published. */
  indexes: RegisteredIndex[];
}

// Indexes that took an active one's place, or that once had it, are numbered.
const belongsTo = (collection: string, name: string): boolean =>
  name.startsWith(`${collection}--`) && /^\d+$/.test(name.slice(collection.length + 2));

/** The collection of an operation with all of its indexes, whether they answer or not. Error: OPERATION_ARGUMENT_MISSING. */
export const territoryOf = async (
  deps: Pick<OperationDeps, 'store' | 'inbox'>,
  request: OperationRequest,
): Promise<WholeTerritory> => {
  const collection = requiredArg(request, 'collection');
  const named = new Set([collection, ...indexNamesOf(collection, await findCollection(deps, collection))]);
  const registered = (await deps.inbox.indexes()).filter(
    (index) => named.has(index.collection) || belongsTo(collection, index.collection),
  );
  const indexes: RegisteredIndex[] = [];
  for (const index of registered)
    if ((await readHead(deps.store, index.indexPath)) !== undefined) indexes.push(index);
  const names = [...new Set([...named, ...registered.map((index) => index.collection)])].sort();
  return { collection, names, indexes };
};
