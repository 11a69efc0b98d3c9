import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { closeSchema } from '../tools/contracts/close-schema.ts';
import { loadAllSchemas, type JsonSchema } from '../tools/contracts/load-schemas.ts';
import { dialectAjv } from '../tools/contracts/render-validators.ts';

const EXAMPLES = new URL('../schemas/examples/', import.meta.url);
const schemas = loadAllSchemas();
const ajv = dialectAjv(schemas.map(({ schema }) => closeSchema(schema)));

const read = (path: string): unknown => JSON.parse(readFileSync(new URL(path, EXAMPLES), 'utf8'));

const byId = new Map(schemas.map(({ schema }) => [schema.$id, schema]));
const resolve = (schema: JsonSchema, base: string): { schema: JsonSchema; base: string } => {
  if (schema.$ref === undefined) return { schema, base };
  const id = new URL(schema.$ref, base).href;
  return { schema: byId.get(id) ?? {}, base: id };
};

/** Paths of properties that the schema requires and the value lacks, or declares and the value has not. */
const compareFields = (
  value: unknown,
  schema: JsonSchema,
  base: string,
  want: 'minimal' | 'full',
): string[] => {
  const at = resolve(schema, base);
  if (Array.isArray(value)) {
    return at.schema.items === undefined
      ? []
      : value.flatMap((item) => compareFields(item, at.schema.items!, at.base, want));
  }
  const { properties, required = [] } = at.schema;
  if (properties === undefined || typeof value !== 'object' || value === null) return [];
  const wanted = want === 'minimal' ? required : Object.keys(properties);
  const present = Object.keys(value);
  const wrong = [
    ...wanted.filter((name) => !present.includes(name)),
    ...present.filter((name) => !wanted.includes(name)),
  ];
  const inner = present.flatMap((name) =>
    compareFields((value as Record<string, unknown>)[name], properties[name] ?? {}, at.base, want).map(
      (path) => `${name}/${path}`,
    ),
  );
  return [...wrong, ...inner];
};

describe.each(schemas)('examples of $name', ({ name, schema }) => {
  const id = schema.$id!;

  it.each(['minimal', 'full'] as const)(
    '%s.json is valid and has just the fields its name promises',
    (want) => {
      const example = read(`${name}/${want}.json`);
      const validate = ajv.getSchema(id)!;
      expect([validate(example), validate.errors]).toEqual([true, null]);
      expect(compareFields(example, schema, id, want)).toEqual([]);
    },
  );

  const folder = new URL(`${name}/invalid/`, EXAMPLES);
  const files = existsSync(folder) ? readdirSync(folder) : [];
  const needsInvalid = (schema.required ?? []).length > 0;
  it('has invalid ones when something can be wrong', () => {
    expect(files.length > 0).toBe(needsInvalid);
  });

  if (files.length > 0) {
    it.each(files)('invalid/%s fails for the reason in its name', (file) => {
      const [keyword, ...path] = file.replace(/\.json$/, '').split('.');
      const validate = ajv.getSchema(id)!;
      expect(validate(read(`${name}/invalid/${file}`))).toBe(false);
      const [fault] = validate.errors!;
      const missing = (fault!.params as { missingProperty?: string }).missingProperty;
      const at = [...fault!.instancePath.split('/').slice(1), ...(missing === undefined ? [] : [missing])];
      expect([fault!.keyword, ...at]).toEqual([keyword, ...path]);
    });
  }
});
