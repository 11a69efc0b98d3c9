import type { JsonSchema } from '../contracts/load-schemas.ts';

type Fields = Record<string, unknown>;

/** A schema and the `$id` that its references are relative to. */
interface Located {
  schema: JsonSchema;
  base: string;
}

/** Schemas by `$id`. */
export type Library = Map<string, JsonSchema>;

const resolve = ({ schema, base }: Located, library: Library): Located => {
  if (schema.$ref === undefined) return { schema, base };
  const id = new URL(schema.$ref, base).href;
  const target = library.get(id);
  if (target === undefined) throw new Error(`${base} refers to ${id}, which is not in schemas/.`);
  return { schema: target, base: id };
};

const exampleOf = (at: Located, library: Library, size: 'minimal' | 'full'): unknown => {
  const { schema, base } = resolve(at, library);
  if (schema.properties !== undefined) {
    const names = size === 'full' ? Object.keys(schema.properties) : (schema.required ?? []);
    return Object.fromEntries(
      names.map((name) => [
        name,
        exampleOf({ schema: schema.properties?.[name] ?? {}, base }, library, size),
      ]),
    );
  }
  const [given] = (schema['examples'] as unknown[] | undefined) ?? [];
  if (given !== undefined) return given;
  if (schema.items !== undefined) return [exampleOf({ schema: schema.items, base }, library, size)];
  return schema['const'] ?? (schema['enum'] as unknown[] | undefined)?.[0] ?? {};
};

const BREAKERS: Record<string, (bound: unknown) => unknown> = {
  pattern: () => '\n',
  minimum: (bound) => Number(bound) - 1,
  maximum: (bound) => Number(bound) + 1,
  minLength: () => '',
  format: () => 'no such thing',
  enum: () => 'no such value',
};

/** One value for each of the data's fields that breaks it, under the constraint's name. */
const brokenFields = (data: JsonSchema): [string, string, unknown][] =>
  Object.entries(data.properties ?? {}).flatMap(([field, schema]) => {
    const keyword = Object.keys(BREAKERS).find((name) => schema[name] !== undefined);
    const broken = keyword === undefined ? undefined : BREAKERS[keyword]?.(schema[keyword]);
    return keyword === undefined ? [] : [[keyword, field, broken]];
  });

const invalidOf = (schema: JsonSchema, minimal: Fields): Record<string, unknown> => {
  const data = schema.properties?.['data'] ?? {};
  const withData = (fields: Fields): Fields => ({ ...minimal, data: fields });
  const values = minimal['data'] as Fields;
  const missing = (data.required ?? []).slice(0, 1).map((field): [string, unknown] => {
    const { [field]: _gone, ...others } = values;
    return [`invalid/required.data.${field}.json`, withData(others)];
  });
  const broken = brokenFields(data).map(([keyword, field, value]): [string, unknown] => [
    `invalid/${keyword}.data.${field}.json`,
    withData({ ...values, [field]: value }),
  ]);
  return Object.fromEntries([...missing, ...broken]);
};

/**
 * Examples of an event, made of the `examples` of its fields, by file name below its folder: the smallest, one with every field,
 * and invalid ones with one fault each.
 */
export const deriveExamples = (schema: JsonSchema, library: Library): Record<string, unknown> => {
  const at = { schema, base: schema.$id ?? '' };
  const minimal = exampleOf(at, library, 'minimal') as Fields;
  const full = exampleOf(at, library, 'full');
  return { 'minimal.json': minimal, 'full.json': full, ...invalidOf(schema, minimal) };
};
