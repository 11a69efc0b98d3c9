import {
  choiceSetting,
  listSetting,
  numberSetting,
  settingInvalid,
  textSetting,
  urlSetting,
} from '../settings.ts';
import { MARVEL_ENTITIES, type MarvelCollection } from './marvel-types.ts';

/** What can be set of a Marvel source. */
export interface MarvelSettings {
  baseUrl: string;
  /** Names of secrets. */
  publicKey: string;
  privateKey: string;
  collections: MarvelCollection[];
  /** Entities a page; the API allows 100. */
  limit: number;
  /** Whether lists that a record tells in part are read to their end, at a request a hundred. */
  edges: 'listed' | 'complete';
  /** Days between two crawls of everything; only these find out what was deleted. */
  fullEveryDays: number;
  minIntervalMs: number;
}

const isCollection = (name: string): name is MarvelCollection => name in MARVEL_ENTITIES;

const collectionsOf = (values: Readonly<Record<string, unknown>>): MarvelCollection[] => {
  const names = listSetting(values, 'collections', Object.keys(MARVEL_ENTITIES));
  const unknown = names.find((name) => !isCollection(name));
  if (unknown !== undefined)
    throw settingInvalid('collections', `names ${unknown}, which the API does not have`);
  return names.filter(isCollection);
};

/** Reads the settings. @throws SOURCE_INVALID */
export const marvelSettings = (values: Readonly<Record<string, unknown>>): MarvelSettings => ({
  baseUrl: urlSetting(values, 'baseUrl', 'https://gateway.marvel.com').replace(/\/+$/, ''),
  publicKey: textSetting(values, 'publicKey', 'marvel-public-key'),
  privateKey: textSetting(values, 'privateKey', 'marvel-private-key'),
  collections: collectionsOf(values),
  // Two at least, as pages overlap by one.
  limit: numberSetting(values, 'limit', { fallback: 100, min: 2, max: 100 }),
  edges: choiceSetting(values, 'edges', ['listed', 'complete'], 'listed'),
  fullEveryDays: numberSetting(values, 'fullEveryDays', { fallback: 7, min: 1, max: 3650 }),
  minIntervalMs: numberSetting(values, 'minIntervalMs', { fallback: 200, min: 0, max: 60_000 }),
});
