import { PipelineError } from '@alluvium/contracts';
import { htmlToText } from '@alluvium/text';
import {
  distinctEdges,
  edgeAttributes,
  filterable,
  isoDate,
  type Attributes,
  type CanonicalRecord,
  type Edge,
} from '../canonical.ts';
import { publicUrl } from '../http/public-url.ts';
import { isMarvelList, MARVEL_ENTITIES, type MarvelEntity, type MarvelReference } from './marvel-types.ts';

/** 1969-12-31T19:00:00-0500: what the API says when it does not know. */
const EPOCH = '1970-01-01T00:00:00.000Z';
const CODES = ['isbn', 'upc', 'ean', 'issn', 'diamondCode'];
const PLAIN = [
  'format',
  'issueNumber',
  'pageCount',
  'startYear',
  'endYear',
  'rating',
  'type',
  'variantDescription',
];

type Fields = Readonly<Record<string, unknown>>;

const dateOf = (value: unknown): string | undefined => {
  const date = isoDate(value);
  return date === EPOCH ? undefined : date;
};

const text = (value: unknown): string =>
  typeof value === 'string' && value !== '' ? htmlToText(value.replaceAll('\r', '')).text : '';

const entityOfUri = (uri: string): Pick<Edge, 'entity' | 'entityId'> | undefined => {
  const [, collection = '', entityId = ''] = /\/v1\/public\/([a-z]+)\/(\d+)$/.exec(uri) ?? [];
  const entity = (MARVEL_ENTITIES as Readonly<Record<string, string>>)[collection];
  return entity === undefined ? undefined : { entity, entityId };
};

const referencesOf = (value: unknown): MarvelReference[] => {
  if (isMarvelList(value)) return value.items;
  const list = Array.isArray(value) ? (value as unknown[]) : [value];
  return list.filter(
    (item): item is MarvelReference => typeof item === 'object' && item !== null && 'resourceURI' in item,
  );
};

const RELATIONS = [
  ...['characters', 'comics', 'series', 'creators', 'events', 'stories'],
  ...['variants', 'collections', 'collectedIssues', 'next', 'previous', 'originalIssue'],
];

const edgesOf = (entity: Fields): Edge[] =>
  distinctEdges(
    RELATIONS.flatMap((relation) =>
      referencesOf(entity[relation]).flatMap(({ resourceURI }) => {
        const found = entityOfUri(resourceURI);
        return found === undefined ? [] : [{ relation, ...found }];
      }),
    ),
  );

const named = ({ name, role }: MarvelReference): string =>
  role === undefined || role === '' ? name : `${name} (${role})`;

const sentence = (entity: Fields, relation: string): string => {
  const names = referencesOf(entity[relation])
    .map(named)
    .filter((name) => name !== '');
  const label = relation.charAt(0).toUpperCase() + relation.slice(1);
  return names.length === 0 ? '' : `${label}: ${[...new Set(names)].join('; ')}.`;
};

const textsOf = (entity: Fields): string[] => {
  const objects = Array.isArray(entity['textObjects']) ? (entity['textObjects'] as { text?: unknown }[]) : [];
  const description = text(entity['description']);
  const others = objects.map((object) => text(object.text)).filter((other) => other !== description);
  return [description, ...others];
};

const titleOf = (entity: Fields): string => {
  const title = [entity['title'], entity['name'], entity['fullName']].find(
    (value) => typeof value === 'string' && value !== '',
  );
  return typeof title === 'string' ? title : `#${String(entity['id'])}`;
};

const datesOf = (entity: Fields): Attributes => {
  const dates = Array.isArray(entity['dates'])
    ? (entity['dates'] as { type?: unknown; date?: unknown }[])
    : [];
  const own = [
    ...dates.map(({ type, date }) => ({ name: type, date: dateOf(date) })),
    ...['start', 'end'].map((name) => ({ name, date: dateOf(entity[name]) })),
  ];
  return Object.fromEntries<string>(
    own.flatMap(({ name, date }) => (typeof name === 'string' && date !== undefined ? [[name, date]] : [])),
  );
};

// The same code is a text in one record and a number in the next: always a text here, or filters would find half.
const codesOf = (entity: Fields): Attributes => {
  const codes = CODES.map((name) => [name, entity[name]] as const);
  const present = codes.filter(([, value]) => value !== '' && ['string', 'number'].includes(typeof value));
  return Object.fromEntries(present.map(([name, value]) => [name, String(value)]));
};

const attributesOf = (entity: Fields, edges: readonly Edge[]): Attributes => {
  const plain = PLAIN.map((name) => [name, entity[name]] as const).filter(([, value]) => value !== '');
  return {
    ...filterable(Object.fromEntries(plain)),
    ...codesOf(entity),
    ...datesOf(entity),
    ...edgeAttributes(edges),
  };
};

const urlOf = ({ urls, resourceURI }: Fields): string | undefined => {
  const links = Array.isArray(urls) ? (urls as { type?: string; url?: string }[]) : [];
  const link = links.find(({ type }) => type === 'detail') ?? links[0];
  return publicUrl(link?.url ?? (typeof resourceURI === 'string' ? resourceURI : undefined));
};

const parseJson = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
};

const parse = (body: string): MarvelEntity => {
  const entity = parseJson(body);
  if (typeof entity === 'object' && entity !== null && 'id' in entity) return entity as MarvelEntity;
  throw new PipelineError('is no entity of the Marvel API', { code: 'RECORD_INVALID', kind: 'invalid' });
};

/**
 * The canonical record of an entity as {@link MARVEL_RECORD} keeps it. Other entities it refers to are edges, attributes
 * by relation, as `character#1009610`, and are named in the text.
 * @throws PipelineError RECORD_INVALID
 */
export const mapMarvelEntity = (body: string): CanonicalRecord => {
  const entity = parse(body);
  const edges = edgesOf(entity);
  const paragraphs = [...textsOf(entity), ...RELATIONS.map((relation) => sentence(entity, relation))];
  const title = titleOf(entity);
  const url = urlOf(entity);
  const modified = dateOf(entity['modified']);
  return {
    id: String(entity.id),
    title,
    text: [title, ...paragraphs.filter((paragraph) => paragraph !== '')].join('\n\n'),
    ...(url === undefined ? {} : { url }),
    ...(modified === undefined ? {} : { modified }),
    attributes: attributesOf(entity, edges),
    ...(edges.length === 0 ? {} : { edges }),
  };
};
