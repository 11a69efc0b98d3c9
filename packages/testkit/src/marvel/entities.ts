import { seededRandom, type SeededRandom } from './random.ts';
import { nameOf, proseOf } from './words.ts';

/** The collections of the API, largest first as in life. */
export const COLLECTIONS = ['comics', 'stories', 'series', 'characters', 'creators', 'events'] as const;
export type Collection = (typeof COLLECTIONS)[number];

/** Share of each collection among all entities. */
const SHARES: Record<Collection, number> = {
  ...{ comics: 0.4, stories: 0.3, series: 0.1, characters: 0.1, creators: 0.09, events: 0.01 },
};
const FIRST_IDS: Record<Collection, number> = {
  ...{ comics: 10_000, stories: 700, series: 2000, characters: 1_009_000, creators: 300, events: 100 },
};

/** What the fake knows of an entity; what the API tells is made of it. */
export interface FakeEntity {
  collection: Collection;
  id: number;
  name: string;
  description: string | null;
  /** Time of the last change; what `modifiedSince` compares with. */
  modifiedMs: number;
  /** As the API writes it: -0001-11-30T00:00:00-0500 and 1969-12-31T19:00:00-0500 where it does not know. */
  modified: string;
  links: Record<Collection, number[]>;
  /** Draws the rest of its fields. */
  seed: number;
}

const pad = (value: number): string => String(value).padStart(2, '0');

/** A date in the API's zone: an offset without a colon. */
export const apiDate = (atMs: number): string => {
  const local = new Date(atMs - 5 * 3600 * 1000);
  const day = `${local.getUTCFullYear()}-${pad(local.getUTCMonth() + 1)}-${pad(local.getUTCDate())}`;
  return `${day}T${pad(local.getUTCHours())}:${pad(local.getUTCMinutes())}:${pad(local.getUTCSeconds())}-0500`;
};

const FROM_MS = Date.UTC(2010, 0, 1);
const SPAN_MS = 10 * 365 * 24 * 3600 * 1000;

const modifiedOf = (random: SeededRandom): Pick<FakeEntity, 'modified' | 'modifiedMs'> => {
  const draw = random.next();
  if (draw < 0.05) return { modified: '-0001-11-30T00:00:00-0500', modifiedMs: -6.2e13 };
  if (draw < 0.15) return { modified: '1969-12-31T19:00:00-0500', modifiedMs: 0 };
  const modifiedMs = FROM_MS + Math.floor((random.next() * SPAN_MS) / 1000) * 1000;
  return { modified: apiDate(modifiedMs), modifiedMs };
};

const descriptionOf = (collection: Collection, random: SeededRandom): string | null => {
  if (collection === 'comics' && random.chance(0.2)) return null;
  return random.chance(0.5) ? '' : proseOf(random);
};

// Few entities have lists longer than the 20 items that a record tells; those few cost requests.
const linkCount = (random: SeededRandom, available: number): number =>
  Math.min(available, random.chance(0.02) ? 21 + random.below(120) : random.below(8));

const linksOf = (ids: Record<Collection, number[]>, random: SeededRandom): FakeEntity['links'] =>
  Object.fromEntries(
    COLLECTIONS.map((collection) => {
      const pool = ids[collection];
      const from = random.below(Math.max(1, pool.length));
      const count = linkCount(random, pool.length);
      const linked = Array.from({ length: count }, (_, index) => pool[(from + index) % pool.length]!);
      return [collection, linked];
    }),
  ) as FakeEntity['links'];

/** As many entities as asked for, spread over the collections. */
export const synthesise = (count: number, seed: number): FakeEntity[] => {
  const random = seededRandom(seed);
  const ids = Object.fromEntries(
    COLLECTIONS.map((collection) => {
      const length = Math.max(1, Math.round(count * SHARES[collection]));
      return [collection, Array.from({ length }, (_, index) => FIRST_IDS[collection] + index * 3)];
    }),
  ) as Record<Collection, number[]>;
  return COLLECTIONS.flatMap((collection) =>
    ids[collection].map((id) => ({
      ...{ collection, id, name: `${nameOf(random)} ${id}` },
      ...{ description: descriptionOf(collection, random), ...modifiedOf(random) },
      ...{ links: linksOf(ids, random), seed: random.below(2 ** 31) },
    })),
  );
};
