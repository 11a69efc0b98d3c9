import { readFileSync } from 'node:fs';
import type { Hurt, JsonSchema } from '@alluvium/schema-diff';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { check_compat, initSync } from 'jsoncompat';
import { generateSync, type JsonSchema as FakerSchema } from 'json-schema-faker';
import { closeSchema, mapSchema } from '../../tools/contracts/close-schema.ts';

/** Who is hurt in a way that a validator sees. */
export type Visible = Exclude<Hurt, 'meaning'>;

const withoutId = ({ $id: _id, ...schema }: JsonSchema): JsonSchema => schema;

/** The open validator of a self-contained schema. */
export const validatorOf = (schema: JsonSchema): ((value: unknown) => boolean) => {
  const ajv = new Ajv2020({ strict: false, logger: false });
  formats.default(ajv);
  return ajv.compile(withoutId(schema));
};

// Long lists take seconds to make and show no more than short ones.
const withShortLists = (schema: JsonSchema): JsonSchema =>
  mapSchema(schema, (inner) => {
    const most = Number(inner['minItems'] ?? 0) + 3;
    return inner.items === undefined || Number(inner['maxItems'] ?? 0) <= most
      ? inner
      : { ...inner, maxItems: most };
  });

const DEFINITION = '#/$defs/';

// The generator gives just anything for a reference inside a definition. A schema that contains itself keeps its reference.
const inlined = (schema: JsonSchema): JsonSchema => {
  const definitions = schema['$defs'] ?? {};
  const inline = (part: JsonSchema, open: string[]): JsonSchema =>
    mapSchema(part, (inner) => {
      const name = inner.$ref?.startsWith(DEFINITION) === true ? inner.$ref.slice(DEFINITION.length) : '';
      const target = definitions[name];
      return target === undefined || open.includes(name) ? inner : inline(target, [...open, name]);
    });
  const { $defs: _definitions, ...root } = schema;
  return { ...inline(root, []), ...(schema['$defs'] === undefined ? {} : { $defs: definitions }) };
};

/** With all optional fields, with none, with some. */
const OPTIONALS = [{ alwaysFakeOptionals: true }, { optionalsProbability: 0 }, {}];

/** Values as a producer of the schema may write them, the same on every call. */
const samplesOf = (schema: JsonSchema, count: number): unknown[] => {
  const closed = closeSchema(withShortLists(inlined(withoutId(schema)))) as FakerSchema;
  return Array.from({ length: count }, (_, seed) =>
    generateSync(closed, { ...OPTIONALS[seed % OPTIONALS.length], seed, refDepthMax: 2 }),
  );
};

/**
 * A value that producers of `writer` may write and consumers of `reader` refuse.
 * The generator is not always right about its own schema: what the writer itself refuses proves nothing, and there must
 * be values that it does not.
 */
const counterexample = (writer: JsonSchema, reader: JsonSchema, samples: unknown[]): unknown => {
  const written = validatorOf(closeSchema(writer));
  const readable = validatorOf(reader);
  const possible = samples.filter((value) => written(value));
  if (possible.length < samples.length / 2)
    throw new Error(`Of ${samples.length} values made to try a schema, only ${possible.length} fit it`);
  return possible.find((value) => !readable(value));
};

/** Values to try: so many generated ones, and those that no generator finds. */
export interface Trial {
  count: number;
  extra?: unknown[];
}

/** Whom values written to one schema and read by the other show to be hurt. */
export const hurtByValues = (old: JsonSchema, now: JsonSchema, { count, extra = [] }: Trial): Visible[] => {
  const fresh = counterexample(now, old, [...samplesOf(now, count), ...extra]);
  const stored = counterexample(old, now, [...samplesOf(old, count), ...extra]);
  return [
    ...(fresh === undefined ? [] : (['old-readers'] as const)),
    ...(stored === undefined ? [] : (['new-readers'] as const)),
  ];
};

const wasm = new URL('../../node_modules/jsoncompat/jsoncompat_wasm_bg.wasm', import.meta.url);
let ready = false;

/** Whom jsoncompat holds to be hurt: writers are closed, readers open. */
export const hurtByJsoncompat = (old: JsonSchema, now: JsonSchema): Visible[] => {
  if (!ready) initSync({ module: readFileSync(wasm) });
  ready = true;
  const open = (schema: JsonSchema): string => JSON.stringify(withoutId(schema));
  const closed = (schema: JsonSchema): string => JSON.stringify(closeSchema(withoutId(schema)));
  return [
    ...(check_compat(open(old), closed(now), 'serializer') ? [] : (['old-readers'] as const)),
    ...(check_compat(closed(old), open(now), 'deserializer') ? [] : (['new-readers'] as const)),
  ];
};
