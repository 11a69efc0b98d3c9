import { assertReadable, collectionV1, indexNamesOf, type CollectionV1 } from '@alluvium/contracts';
import type { IngestDeps } from './ports.ts';

type Deps = Pick<IngestDeps, 'objects'>;

const readCollection = async ({ objects }: Deps, name: string): Promise<CollectionV1 | undefined> => {
  const bytes = await objects.find(`collections/${name}.json`);
  return bytes === undefined
    ? undefined
    : assertReadable(collectionV1, JSON.parse(Buffer.from(bytes).toString('utf8')));
};

/**
 * The collection for which it counts what became of a part in the index `name`; undefined of a candidate, which says nothing
 * about what those who search can find.
 */
export const collectionThatCounts = async (deps: Deps, name: string): Promise<string | undefined> => {
  const document = await readCollection(deps, name);
  const collection = document?.candidateOf ?? name;
  const owner = collection === name ? document : await readCollection(deps, collection);
  return indexNamesOf(collection, owner)[0] === name ? collection : undefined;
};
