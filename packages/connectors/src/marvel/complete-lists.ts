import { cleanEntity } from './clean-entity.ts';
import type { MarvelApi } from './marvel-api.ts';
import type { PendingEntity } from './marvel-cursor.ts';
import {
  isMarvelList,
  MARVEL_ENTITIES,
  type MarvelCollection,
  type MarvelEntity,
  type MarvelList,
  type MarvelReference,
} from './marvel-types.ts';

const LIMIT = 100;
const LISTS = Object.keys(MARVEL_ENTITIES);

const incompleteLists = (entity: MarvelEntity): string[] =>
  LISTS.filter((name) => {
    const list = entity[name];
    return isMarvelList(list) && list.available > list.items.length;
  });

/** True for an entity that has more to refer to than its record tells. */
export const isIncomplete = (entity: MarvelEntity): boolean => incompleteLists(entity).length > 0;

/** An entity that waits for the rest of its lists. */
export const pendingOf = (
  collection: MarvelCollection,
  entity: MarvelEntity,
  validator: string,
): PendingEntity => ({ collection, entity, validator, lists: incompleteLists(entity), offset: 0 });

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const referenceTo = ({ resourceURI, title, name, fullName }: MarvelEntity): MarvelReference => ({
  resourceURI: text(resourceURI),
  name: text(title) || text(name) || text(fullName),
});

// The record's own items stay: they tell roles, which the entities themselves do not.
const merged = (list: MarvelList, found: MarvelEntity[]): MarvelList => {
  const known = new Set(list.items.map(({ resourceURI }) => resourceURI));
  const added = found
    .map(cleanEntity)
    .map(referenceTo)
    .filter(({ resourceURI }) => !known.has(resourceURI));
  const items = [...list.items, ...added];
  return { ...list, items, returned: items.length };
};

const advanced = (pending: PendingEntity, end: number, isOver: boolean): PendingEntity =>
  isOver ? { ...pending, lists: pending.lists.slice(1), offset: 0 } : { ...pending, offset: end };

/** Reads one page more of an entity's lists; it is complete when no list is left. */
export const readOn = async (api: MarvelApi, pending: PendingEntity): Promise<PendingEntity> => {
  const { collection, entity, lists, offset } = pending;
  const name = lists[0] ?? '';
  const page = await api.page(`${collection}/${entity.id}/${name}`, { limit: LIMIT, offset });
  // Gone since it was listed: what the record tells is all there is.
  if (page === undefined || page === 'not-modified') return advanced(pending, 0, true);
  const { results, total } = page.data;
  const end = offset + results.length;
  const list = merged(entity[name] as MarvelList, results);
  const grown = { ...pending, entity: { ...entity, [name]: list } };
  return advanced(grown, end, results.length === 0 || end >= total);
};
