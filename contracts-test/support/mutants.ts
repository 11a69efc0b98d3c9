import type { JsonSchema } from '../../tools/contracts/load-schemas.ts';

/** A value with one fault, and where its refusal must point to. */
export interface Mutant {
  what: string;
  path: string;
  value: unknown;
}

type Fields = Record<string, unknown>;

const WRONG_TYPE: Record<string, unknown[]> = {
  string: [7, null, {}],
  integer: ['7', 1.5, null],
  number: ['7', null],
  boolean: ['true', null],
  object: ['text', null, []],
  array: [{}, null],
};

const notMatching = (pattern: string, value: string): string => {
  const bad = ['', `${value} `, `!${value}`, `${value}\n`, `${value}é`];
  const found = bad.find((candidate) => !new RegExp(pattern, 'u').test(candidate));
  if (found === undefined) throw new Error(`Everything fits ${pattern}`);
  return found;
};

const tooLong = (value: string, length: number): string => value.padEnd(length, value.at(-1) ?? 'x');

/** For each keyword: a value that breaks it, made of one that does not. */
const BREAK: Record<string, (argument: never, value: never) => unknown> = {
  minimum: (argument: number) => argument - 1,
  maximum: (argument: number) => argument + 1,
  exclusiveMinimum: (argument: number) => argument,
  exclusiveMaximum: (argument: number) => argument,
  minLength: (argument: number, value: string) => value.slice(0, argument - 1),
  maxLength: (argument: number, value: string) => tooLong(value, argument + 1),
  pattern: (argument: string, value: string) => notMatching(argument, value),
  format: () => 'no such thing',
  enum: () => 'none of them',
  const: () => 'another one',
  minItems: (argument: number, value: unknown[]) => value.slice(0, argument - 1),
  maxItems: (argument: number, value: unknown[]) =>
    Array.from({ length: argument + 1 }, (_, index) => value[index % value.length]),
};

const here = (schema: JsonSchema, value: unknown): Omit<Mutant, 'path'>[] => {
  const wrong = (WRONG_TYPE[schema.type ?? ''] ?? []).map((other) => ({
    what: `${schema.type ?? ''} is ${JSON.stringify(other)}`,
    value: other,
  }));
  const broken = Object.entries(BREAK)
    .filter(([keyword]) => keyword in schema)
    .map(([keyword, spoil]) => ({ what: keyword, value: spoil(schema[keyword] as never, value as never) }));
  return [...wrong, ...broken];
};

const without = (value: Fields, name: string): Fields =>
  Object.fromEntries(Object.entries(value).filter(([key]) => key !== name));

const inProperties = (
  { properties = {}, required = [] }: JsonSchema,
  value: Fields,
  path: string,
): Mutant[] => {
  const missing = required.map((name) => ({
    what: 'required',
    path: `${path}/${name}`,
    value: without(value, name),
  }));
  const inner = Object.entries(properties).flatMap(([name, schema]) =>
    mutantsOf(schema, value[name], `${path}/${name}`).map((mutant) => ({
      ...mutant,
      value: { ...value, [name]: mutant.value },
    })),
  );
  return [...missing, ...inner];
};

const inItems = (items: JsonSchema, value: unknown[], path: string): Mutant[] =>
  mutantsOf(items, value[0], `${path}/0`).map((mutant) => ({
    ...mutant,
    value: [mutant.value, ...value.slice(1)],
  }));

/** Every way to break a schema at one place of a value that fits it and has every field. */
export function mutantsOf(schema: JsonSchema, value: unknown, path = ''): Mutant[] {
  const own = here(schema, value).map((mutant) => ({ ...mutant, path: path || '/' }));
  if (schema.type === 'object') return [...own, ...inProperties(schema, value as Fields, path)];
  if (schema.items !== undefined) return [...own, ...inItems(schema.items, value as unknown[], path)];
  return own;
}
