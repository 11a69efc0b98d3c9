import { apiDate, COLLECTIONS, type Collection, type FakeEntity } from './entities.ts';
import { seededRandom, type SeededRandom } from './random.ts';
import { proseOf, slugOf } from './words.ts';

const LIST_LENGTH = 20;
const ROLES = ['writer', 'inker', 'letterer', 'colorist', 'editor', 'penciler (cover)'];
const GATEWAY = 'http://gateway.marvel.com/v1/public';

type Fields = Record<string, unknown>;

/** Finds an entity by collection and id. */
export type FindEntity = (collection: Collection, id: number) => FakeEntity | undefined;

interface Telling {
  entity: FakeEntity;
  find: FindEntity;
  random: SeededRandom;
  /** The caller's public key, which the API puts into every link. */
  publicKey: string;
}

const uriOf = (collection: string, id: number): string => `${GATEWAY}/${collection}/${id}`;

const imageOf = (random: SeededRandom): Fields => ({
  path: `http://i.annihil.us/u/prod/marvel/i/mg/${random.below(10)}/${random.below(90) + 10}/${random.below(2 ** 31).toString(16)}`,
  extension: 'jpg',
});

const summaryOf = ({ find, random }: Telling, collection: Collection, id: number): Fields => ({
  resourceURI: uriOf(collection, id),
  name: find(collection, id)?.name ?? `#${id}`,
  ...(collection === 'creators' ? { role: random.pick(ROLES) } : {}),
  ...(collection === 'stories' ? { type: random.pick(['cover', 'interiorStory', '']) } : {}),
});

const listOf = (telling: Telling, collection: Collection): Fields => {
  const { entity } = telling;
  const ids = entity.links[collection];
  const items = ids.slice(0, LIST_LENGTH).map((id) => summaryOf(telling, collection, id));
  const collectionURI = `${uriOf(entity.collection, entity.id)}/${collection}`;
  return { available: ids.length, collectionURI, items, returned: items.length };
};

const urlsOf = ({ entity, publicKey }: Telling, types: string[]): Fields[] =>
  types.map((type) => ({
    type,
    url: `http://marvel.com/${type}/${entity.collection}/${entity.id}/${slugOf(entity.name)}?utm_campaign=apiRef&utm_source=${publicKey}`,
  }));

// The same code is a text here and a number there, and mostly nothing.
const codeOf = (random: SeededRandom): string | number => {
  const draw = random.next();
  if (draw < 0.8) return '';
  return draw < 0.95
    ? `978-0-${random.below(9000) + 1000}-${random.below(9000) + 1000}`
    : random.below(2 ** 31);
};

const comicOf = (telling: Telling): Fields => {
  const { entity, random } = telling;
  const [series] = entity.links.series;
  return {
    ...{
      digitalId: random.below(2) * random.below(50_000),
      title: entity.name,
      issueNumber: random.below(100),
    },
    ...{
      variantDescription: '',
      description: entity.description,
      isbn: codeOf(random),
      upc: String(codeOf(random)),
    },
    ...{ diamondCode: codeOf(random), ean: codeOf(random), issn: codeOf(random) },
    ...{ format: random.pick(['Comic', 'Trade Paperback', '']), pageCount: random.pick([0, 32, 36, 48]) },
    textObjects: random.chance(0.4)
      ? [{ type: 'issue_solicit_text', language: 'en-us', text: proseOf(random) }]
      : [],
    series: series === undefined ? null : summaryOf(telling, 'series', series),
    ...{ variants: [], collections: [], collectedIssues: [] },
    dates: [
      { type: 'onsaleDate', date: apiDate(entity.modifiedMs > 0 ? entity.modifiedMs : 0) },
      { type: 'focDate', date: '-0001-11-30T00:00:00-0500' },
    ],
    prices: [{ type: 'printPrice', price: random.pick([0, 2.99, 3.99]) }],
    images: [imageOf(random)],
    urls: urlsOf(telling, ['detail', 'purchase']),
  };
};

const seriesOf = (telling: Telling): Fields => {
  const { entity, random } = telling;
  const startYear = 1960 + random.below(60);
  return {
    ...{
      title: entity.name,
      description: entity.description,
      startYear,
      endYear: startYear + random.below(9),
    },
    ...{ rating: random.pick(['', 'A', 'ALL AGES']), type: random.pick(['', 'ongoing', 'collection']) },
    ...{ next: null, previous: null, urls: urlsOf(telling, ['detail']) },
  };
};

const creatorOf = (telling: Telling): Fields => {
  const { name } = telling.entity;
  const [firstName = '', ...rest] = name.split(' ');
  return {
    ...{ firstName, middleName: '', lastName: rest.join(' '), suffix: '', fullName: name },
    urls: urlsOf(telling, ['detail']),
  };
};

const TELLERS: Record<Collection, (telling: Telling) => Fields> = {
  characters: (telling) => ({
    ...{ name: telling.entity.name, description: telling.entity.description ?? '' },
    urls: urlsOf(telling, ['detail', 'wiki', 'comiclink']),
  }),
  comics: comicOf,
  series: seriesOf,
  creators: creatorOf,
  stories: ({ entity, random }) => ({
    ...{ title: entity.name, description: entity.description ?? '', type: random.pick(['cover', 'story']) },
    originalIssue: null,
  }),
  events: (telling) => ({
    ...{ title: telling.entity.name, description: telling.entity.description ?? '' },
    ...{ start: '1989-12-10 00:00:00', end: '2008-01-04 00:00:00', next: null, previous: null },
    urls: urlsOf(telling, ['detail', 'wiki']),
  }),
};

/** What the API tells of an entity. */
export const tellEntity = (entity: FakeEntity, find: FindEntity, publicKey: string): Fields => {
  const telling = { entity, find, publicKey, random: seededRandom(entity.seed) };
  const { collection, id, modified } = entity;
  const own = TELLERS[collection](telling);
  const lists = COLLECTIONS.filter((name) => name !== collection && !(name in own));
  return {
    id,
    ...own,
    ...{ resourceURI: uriOf(collection, id), modified },
    thumbnail: collection === 'stories' ? null : imageOf(telling.random),
    ...Object.fromEntries(lists.map((name) => [name, listOf(telling, name)])),
  };
};
