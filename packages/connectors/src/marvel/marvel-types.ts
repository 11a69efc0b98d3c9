/** The six collections of the API, and what one of each is called. */
export const MARVEL_ENTITIES = {
  characters: 'character',
  comics: 'comic',
  series: 'series',
  creators: 'creator',
  events: 'event',
  stories: 'story',
} as const;

/** Name of a collection of the API. */
export type MarvelCollection = keyof typeof MARVEL_ENTITIES;

/** Media type of an entity as the API tells it, keys stripped from its URLs. */
export const MARVEL_RECORD = 'application/vnd.alluvium.marvel+json';

/** A reference to another entity; a series of a comic is one of these alone. */
export interface MarvelReference {
  resourceURI: string;
  name: string;
  role?: string;
  type?: string;
}

/** A list inside an entity: at most 20 of what is available. */
export interface MarvelList {
  available: number;
  returned: number;
  collectionURI: string;
  items: MarvelReference[];
}

/** An entity of any kind; nothing but the id is sure. */
export type MarvelEntity = Record<string, unknown> & { id: number };

/** One page of a collection. */
export interface MarvelPage {
  etag: string;
  attributionText: string;
  data: { offset: number; limit: number; total: number; count: number; results: MarvelEntity[] };
}

/** True for a list inside an entity. */
export const isMarvelList = (value: unknown): value is MarvelList =>
  typeof value === 'object' && value !== null && 'collectionURI' in value && 'items' in value;
