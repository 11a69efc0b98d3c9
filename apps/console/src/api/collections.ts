import type { CollectionsV1 } from '@alluvium/contracts';
import { signal } from '@preact/signals';
import { call } from './call.ts';

/** Names of all collections; undefined until they are known. */
export const collectionNames = signal<string[] | undefined>(undefined);

/** Asks for the collections again. */
export const loadCollectionNames = async (): Promise<void> => {
  const { collections } = await call<CollectionsV1>('/api/collections');
  collectionNames.value = collections.map(({ collection }) => collection);
};
