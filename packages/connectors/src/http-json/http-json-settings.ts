import {
  choiceSetting,
  fieldsSetting,
  flagSetting,
  isFields,
  listSetting,
  numberSetting,
  optionalTextSetting,
  settingInvalid,
  textSetting,
  urlSetting,
} from '../settings.ts';
import { ENTITY, RELATION } from '../canonical.ts';
import { isPointer } from './json-pointer.ts';

type Fields = Readonly<Record<string, unknown>>;

/** How the pages of a list are asked for. */
export type Paging =
  | { style: 'none' | 'link' }
  | { style: 'offset'; param: string; limitParam: string; limit: number; total: string | undefined }
  | {
      style: 'page';
      param: string;
      first: number;
      sizeParam: string | undefined;
      size: number;
      pages: string | undefined;
    }
  | { style: 'cursor'; param: string | undefined; next: string };

/** How a request says who asks; values are names of secrets. */
export type Auth =
  | { kind: 'none' }
  | { kind: 'header'; name: string; secret: string; prefix: string }
  | { kind: 'query'; name: string; secret: string }
  | { kind: 'basic'; user: string; secret: string }
  | {
      kind: 'hash';
      algorithm: 'md5' | 'sha1' | 'sha256';
      input: readonly string[];
      query: Readonly<Record<string, string>>;
    };

/** Where an item names others: a place with one value or a list of them, and where each has its id. */
export interface EdgeMapping {
  relation: string;
  entity: string;
  at: string;
  id: string;
}

/** Where an item has what; values are JSON pointers. */
export interface Mapping {
  id: string;
  title: string | undefined;
  text: readonly string[];
  url: string | undefined;
  modified: string | undefined;
  attributes: Readonly<Record<string, string>>;
  edges: readonly EdgeMapping[];
  /** True when the texts are HTML. */
  html: boolean;
}

/** What can be set of a JSON API. */
export interface HttpJsonSettings {
  url: string;
  headers: Readonly<Record<string, string>>;
  /** Where a page has its items. */
  items: string;
  paging: Paging;
  auth: Auth;
  mapping: Mapping;
  entity: string;
  /** Parameter that asks for what changed since a time; the whole list is read when not given. */
  since: string | undefined;
  fullEveryDays: number;
  minIntervalMs: number;
  attribution: string | undefined;
}

const pointerSetting = (fields: Fields, name: string, fallback?: string): string => {
  const value = fields[name] ?? fallback;
  if (typeof value === 'string' && isPointer(value)) return value;
  throw settingInvalid(name, 'is not a JSON pointer such as "/data/items"');
};

const optionalPointer = (fields: Fields, name: string): string | undefined =>
  fields[name] === undefined ? undefined : pointerSetting(fields, name);

const textsSetting = (fields: Fields, name: string): Readonly<Record<string, string>> => {
  const inner = fieldsSetting(fields, name);
  for (const key of Object.keys(inner)) textSetting(inner, key);
  return inner as Readonly<Record<string, string>>;
};

const pagingOf = (paging: Fields): Paging => {
  const style = choiceSetting(paging, 'style', ['none', 'offset', 'page', 'cursor', 'link'], 'none');
  const size = { fallback: 100, min: 1, max: 10_000 };
  if (style === 'offset') {
    const limitParam = textSetting(paging, 'limitParam', 'limit');
    const limit = numberSetting(paging, 'limit', size);
    return {
      style,
      param: textSetting(paging, 'param', 'offset'),
      limitParam,
      limit,
      total: optionalPointer(paging, 'total'),
    };
  }
  if (style === 'page') {
    const first = numberSetting(paging, 'first', { fallback: 1, min: 0, max: 1 });
    const sizeParam = optionalTextSetting(paging, 'sizeParam');
    const pages = optionalPointer(paging, 'pages');
    return {
      style,
      param: textSetting(paging, 'param', 'page'),
      first,
      sizeParam,
      size: numberSetting(paging, 'size', size),
      pages,
    };
  }
  if (style === 'cursor')
    return { style, param: optionalTextSetting(paging, 'param'), next: pointerSetting(paging, 'next') };
  return { style };
};

const authOf = (auth: Fields): Auth => {
  const kind = choiceSetting(auth, 'kind', ['none', 'header', 'query', 'basic', 'hash'], 'none');
  if (kind === 'none') return { kind };
  if (kind === 'hash') {
    const algorithm = choiceSetting(auth, 'algorithm', ['md5', 'sha1', 'sha256']);
    return { kind, algorithm, input: listSetting(auth, 'input'), query: textsSetting(auth, 'query') };
  }
  const secret = textSetting(auth, 'secret');
  if (kind === 'basic') return { kind, user: textSetting(auth, 'user'), secret };
  if (kind === 'query') return { kind, name: textSetting(auth, 'name'), secret };
  const prefix = auth['prefix'] === undefined ? '' : textSetting(auth, 'prefix');
  return { kind, name: textSetting(auth, 'name', 'authorization').toLowerCase(), secret, prefix };
};

const pointersOf = (mapping: Fields, name: string): readonly string[] => {
  const value = mapping[name];
  const list = typeof value === 'string' ? [value] : listSetting(mapping, name);
  if (list.length === 0) throw settingInvalid(name, 'is missing');
  return list.map((pointer) => pointerSetting({ [name]: pointer }, name));
};

const edgesOf = (mapping: Fields): EdgeMapping[] =>
  Object.keys(fieldsSetting(mapping, 'edges')).map((relation) => {
    const edge = fieldsSetting(fieldsSetting(mapping, 'edges'), relation);
    const entity = textSetting(edge, 'entity');
    if (!RELATION.test(relation)) throw settingInvalid(`edges.${relation}`, 'is no name of a relation');
    if (!ENTITY.test(entity)) throw settingInvalid(`edges.${relation}.entity`, 'is no name of an entity');
    return { relation, entity, at: pointerSetting(edge, 'at'), id: pointerSetting(edge, 'id', '') };
  });

const mappingOf = (values: Fields): Mapping => {
  if (!isFields(values['mapping'])) throw settingInvalid('mapping', 'is missing');
  const { mapping } = values;
  const attributes = textsSetting(mapping, 'attributes');
  for (const name of Object.keys(attributes)) pointerSetting(attributes, name);
  return {
    id: pointerSetting(mapping, 'id'),
    title: optionalPointer(mapping, 'title'),
    text: pointersOf(mapping, 'text'),
    url: optionalPointer(mapping, 'url'),
    modified: optionalPointer(mapping, 'modified'),
    attributes,
    edges: edgesOf(mapping),
    html: flagSetting(mapping, 'html'),
  };
};

/** Reads the settings. @throws SOURCE_INVALID */
export const httpJsonSettings = (values: Fields): HttpJsonSettings => ({
  url: urlSetting(values, 'url'),
  headers: textsSetting(values, 'headers'),
  items: pointerSetting(values, 'items', ''),
  paging: pagingOf(fieldsSetting(values, 'paging')),
  auth: authOf(fieldsSetting(values, 'auth')),
  mapping: mappingOf(values),
  entity: textSetting(values, 'entity', 'item'),
  since: optionalTextSetting(values, 'since'),
  fullEveryDays: numberSetting(values, 'fullEveryDays', { fallback: 7, min: 1, max: 3650 }),
  minIntervalMs: numberSetting(values, 'minIntervalMs', { fallback: 0, min: 0, max: 60_000 }),
  attribution: optionalTextSetting(values, 'attribution'),
});
