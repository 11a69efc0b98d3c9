import { htmlToText } from '@alluvium/text';
import { distinctEdges, filterable, isoDate, type CanonicalRecord, type Edge } from '../canonical.ts';
import { publicUrl } from '../http/public-url.ts';
import type { HttpJsonSettings } from './http-json-settings.ts';
import { atPointer } from './json-pointer.ts';

const MAX_ID_LENGTH = 1000;

const plain = (value: unknown): string | undefined => {
  if (typeof value === 'string') return value === '' ? undefined : value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
};

const at = (item: unknown, pointer: string | undefined): string | undefined =>
  pointer === undefined ? undefined : plain(atPointer(item, pointer));

const dateAt = (item: unknown, pointer: string | undefined): string | undefined => {
  const value = pointer === undefined ? undefined : atPointer(item, pointer);
  // Numbers are seconds or milliseconds since 1970; nobody's seconds have thirteen digits.
  if (typeof value === 'number') return isoDate(new Date(value < 1e11 ? value * 1000 : value).toUTCString());
  return isoDate(value);
};

const idAt = (value: unknown, pointer: string): string | undefined => {
  const id = plain(pointer === '' ? value : atPointer(value, pointer));
  return id === undefined || id.length > MAX_ID_LENGTH ? undefined : id;
};

const edgesOf = (item: unknown, mappings: HttpJsonSettings['mapping']['edges']): Edge[] =>
  mappings.flatMap(({ relation, entity, at: place, id }) => {
    const found = atPointer(item, place);
    const values: unknown[] = Array.isArray(found) ? found : [found];
    const ids = values.flatMap((value) => idAt(value, id) ?? []);
    return ids.map((entityId) => ({ relation, entity, entityId }));
  });

/** The canonical record of an item, or undefined when it has no usable id. */
export const mapItem = (
  item: unknown,
  { mapping, attribution }: HttpJsonSettings,
): (CanonicalRecord & { id: string }) | undefined => {
  const id = at(item, mapping.id);
  if (id === undefined || id.length > MAX_ID_LENGTH) return undefined;
  const texts = mapping.text.flatMap((pointer) => at(item, pointer) ?? []);
  const readable = mapping.html ? texts.map((html) => htmlToText(html).text) : texts;
  const optional = {
    title: at(item, mapping.title),
    url: publicUrl(at(item, mapping.url)),
    modified: dateAt(item, mapping.modified),
  };
  const values = Object.entries(mapping.attributes).map(([name, pointer]) => [
    name,
    atPointer(item, pointer),
  ]);
  const edges = distinctEdges(edgesOf(item, mapping.edges));
  const attributes = filterable(Object.fromEntries(values) as Record<string, unknown>);
  return {
    id,
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
    text: readable.join('\n\n'),
    attributes: { ...attributes, ...(attribution === undefined ? {} : { attribution }) },
    ...(edges.length === 0 ? {} : { edges }),
  };
};
