import type { CollectionV1 } from '@alluvium/contracts';
import { changeDocument, listDocuments, nowOf, type CollectionDeps } from './collection-documents.ts';

/** Names have 63 characters at most: this leaves room for the number. */
const STEM_LENGTH = 56;
const FIRST = 2;
const MAX_TRIES = 10;

const numberOf = (stem: string, { collection }: CollectionV1): number =>
  Number(/^\d+$/.exec(collection.slice(stem.length))?.[0] ?? 0);

/** Takes the next name `<collection>--<n>` for an index of a collection, and makes its document. */
export const freshIndexName = async (
  deps: CollectionDeps,
  collection: string,
  settings: Pick<CollectionV1, 'chunker' | 'model'> = {},
): Promise<string> => {
  const stem = `${collection.slice(0, STEM_LENGTH)}--`;
  const taken = (await listDocuments(deps, stem)).map((document) => numberOf(stem, document));
  let number = Math.max(FIRST - 1, ...taken) + 1;
  for (let tries = 0; tries < MAX_TRIES; tries += 1, number += 1) {
    const name = `${stem}${number}`;
    const now = nowOf(deps);
    const document = {
      ...{ collection: name, createdAt: now, updatedAt: now, candidateOf: collection },
      ...settings,
    };
    const made = await changeDocument(deps, name, (found) => (found === undefined ? document : undefined));
    if (made !== undefined) return name;
  }
  return freshIndexName(deps, collection, settings);
};
