import { PipelineError } from '@alluvium/contracts';
import type { JsonSchema } from './json-schema.ts';

/** A place in a schema: every one of `parts` holds there. */
export interface Place {
  root: JsonSchema;
  parts: JsonSchema[];
}

/** What holds at a place, with references followed and allOf merged: two spellings of one meaning have equal views. */
export interface View {
  /** Undefined when any type is allowed. */
  type: string | undefined;
  /** Properties of an object; empty for a free map. */
  properties: Map<string, Place>;
  required: Set<string>;
  items: Place | undefined;
  /** Variants of each oneOf; mostly none or one. */
  choices: Place[][];
  /** Allowed values as canonical text, from enum and const; undefined when any is allowed. */
  values: string[] | undefined;
  /** Every other keyword: bounds and patterns merged, annotations as they are. */
  keywords: Map<string, unknown>;
}

const STRUCTURE = new Set(
  '$schema $id $ref $defs allOf type properties required items oneOf enum const'.split(' '),
);

const unescape = (step: string): string =>
  decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~');

const at = (root: JsonSchema, ref: string): JsonSchema => {
  const steps = ref.split('/').slice(1).map(unescape);
  const found = steps.reduce<unknown>(
    (value, step) => (value as Record<string, unknown> | undefined)?.[step],
    root,
  );
  if (ref.startsWith('#') && typeof found === 'object' && found !== null) return found as JsonSchema;
  throw new PipelineError(`The reference ${ref} leads nowhere`, {
    code: 'SCHEMA_REF_UNKNOWN',
    kind: 'invalid',
    details: { ref },
  });
};

/** The schemas without $ref and allOf that together say what `schema` says. */
const conjuncts = (root: JsonSchema, schema: JsonSchema, seen: Set<JsonSchema>): JsonSchema[] => {
  if (seen.has(schema)) return [];
  seen.add(schema);
  const inner = [...(schema.$ref === undefined ? [] : [at(root, schema.$ref)]), ...(schema.allOf ?? [])];
  return [...inner.flatMap((part) => conjuncts(root, part, seen)), schema];
};

const allowedValues = (parts: JsonSchema[]): string[] | undefined => {
  const lists = parts.flatMap((part) => {
    const single = 'const' in part ? [[part['const']]] : [];
    return [...single, ...('enum' in part ? [part['enum'] as unknown[]] : [])];
  });
  const [first, ...others] = lists.map((list) => list.map((value) => JSON.stringify(value)));
  return first?.filter((value) => others.every((other) => other.includes(value)));
};

const narrowest = (types: string[]): string | undefined => {
  const unique = [...new Set(types)];
  const kept = unique.includes('integer') ? unique.filter((type) => type !== 'number') : unique;
  return kept.join(' and ') || undefined;
};

const mergeKeyword = (keyword: string, left: unknown, right: unknown): unknown => {
  if (left === undefined) return right;
  if (/^(min|exclusiveMin)/.test(keyword)) return Math.max(left as number, right as number);
  if (/^(max|exclusiveMax)/.test(keyword)) return Math.min(left as number, right as number);
  if (keyword !== 'pattern' && keyword !== 'format') return right;
  return [...new Set([left, right].flat() as string[])].sort();
};

const mergedKeywords = (parts: JsonSchema[]): Map<string, unknown> => {
  const keywords = new Map<string, unknown>();
  for (const [keyword, value] of parts.flatMap((part) => Object.entries(part))) {
    if (STRUCTURE.has(keyword)) continue;
    keywords.set(keyword, mergeKeyword(keyword, keywords.get(keyword), value));
  }
  // A length of at least 0 is no demand.
  for (const keyword of ['minLength', 'minItems']) if (keywords.get(keyword) === 0) keywords.delete(keyword);
  return keywords;
};

/** What holds at `place`. */
export const viewOf = ({ root, parts: schemas }: Place): View => {
  const seen = new Set<JsonSchema>();
  const parts = schemas.flatMap((schema) => conjuncts(root, schema, seen));
  const properties = new Map<string, Place>();
  for (const [name, schema] of parts.flatMap((part) => Object.entries(part.properties ?? {}))) {
    properties.set(name, { root, parts: [...(properties.get(name)?.parts ?? []), schema] });
  }
  const items = parts.flatMap((part) => (part.items === undefined ? [] : [part.items]));
  return {
    type: narrowest(parts.flatMap(({ type }) => (type === undefined ? [] : [type]))),
    properties,
    required: new Set(parts.flatMap(({ required }) => required ?? [])),
    items: items.length === 0 ? undefined : { root, parts: items },
    choices: parts.flatMap(({ oneOf }) =>
      oneOf === undefined ? [] : [oneOf.map((variant) => ({ root, parts: [variant] }))],
    ),
    values: allowedValues(parts),
    keywords: mergedKeywords(parts),
  };
};
