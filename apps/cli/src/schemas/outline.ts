import type { JsonSchema } from '@alluvium/schema-diff';
import { plannedBy, type KnownSchema } from './schema-files.ts';
import { wrap } from './wrap.ts';

const refName = (ref: string): string => ref.replace(/^.*\//, '').replace(/\.schema\.json$/, '');

const bound = (word: string, value: unknown, unit: string): string[] => {
  if (typeof value !== 'number') return [];
  const plural = value === 1 ? unit : `${unit}s`;
  return [unit === '' ? `${word} ${value}` : `${word} ${value} ${plural}`];
};

const bounds = (schema: JsonSchema): string[] => [
  ...bound('at least', schema['minimum'], ''),
  ...bound('at most', schema['maximum'], ''),
  ...bound('at least', schema['minLength'], 'character'),
  ...bound('at most', schema['maxLength'], 'character'),
  ...bound('at least', schema['minItems'], 'item'),
  ...bound('at most', schema['maxItems'], 'item'),
];

const values = (schema: JsonSchema): string[] => {
  const closed = 'const' in schema ? [schema['const']] : (schema['enum'] as unknown[] | undefined);
  const known = schema['x-known-values'] as string[] | undefined;
  return [
    ...(closed === undefined ? [] : [closed.map((value) => JSON.stringify(value)).join(' | ')]),
    ...(known === undefined ? [] : [`such as ${known.join(', ')}`]),
    ...(schema['pattern'] === undefined ? [] : [`like ${JSON.stringify(schema['pattern'])}`]),
  ];
};

const typeOf = (schema: JsonSchema): string => {
  if (schema.$ref !== undefined) return refName(schema.$ref);
  if (schema.allOf !== undefined) return schema.allOf.map(typeOf).join(' and ');
  if (schema.oneOf !== undefined) return `one of ${schema.oneOf.length} variants`;
  if (schema.items !== undefined) return `list of ${typeOf(schema.items)}`;
  return (schema['format'] as string | undefined) ?? schema.type ?? 'any';
};

const fields = (schema: JsonSchema, width: number, path = ''): string[] =>
  Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const below = path === '' ? name : `${path}/${name}`;
    const required = schema.required?.includes(name) === true ? 'required' : 'optional';
    const facts = [typeOf(property), required, ...values(property), ...bounds(property)].join(', ');
    const about = property['description'] as string | undefined;
    return [
      `  ${below}`,
      wrap(facts, width, 6),
      ...(about === undefined ? [] : [wrap(about, width, 6)]),
      ...fields(property, width, below),
      ...fields(property.items ?? {}, width, `${below}/*`),
      ...(property.oneOf ?? []).flatMap((variant) => fields(variant, width, below)),
    ];
  });

/** A schema as a person reads it; what it refers to is named, not repeated. */
export const outline = (known: KnownSchema, width: number): string => {
  const { name, kind, schema } = known;
  const owner = plannedBy(known);
  const planned = `Planned: nobody emits or consumes it yet; ${String(owner)} will emit it.`;
  return [
    `${name} (${kind})`,
    wrap((schema['description'] as string | undefined) ?? '', width),
    ...(owner === undefined ? [] : [wrap(planned, width)]),
    '',
    ...fields(schema, width),
  ].join('\n');
};
