import type { JsonSchema } from './load-schemas.ts';

/** Applies `change` to a schema and every schema inside it, innermost first. */
export const mapSchema = (schema: JsonSchema, change: (schema: JsonSchema) => JsonSchema): JsonSchema => {
  const mapped: JsonSchema = { ...schema };
  for (const group of ['properties', '$defs'] as const) {
    const members = schema[group];
    if (members === undefined) continue;
    mapped[group] = Object.fromEntries(
      Object.entries(members).map(([name, member]) => [name, mapSchema(member, change)]),
    );
  }
  if (schema.items !== undefined) mapped.items = mapSchema(schema.items, change);
  for (const group of ['allOf', 'oneOf'] as const) {
    const members = schema[group];
    if (members !== undefined) mapped[group] = members.map((member) => mapSchema(member, change));
  }
  return change(mapped);
};

/** A schema and every schema inside it. */
export const partsOf = (schema: JsonSchema): JsonSchema[] => {
  const parts: JsonSchema[] = [];
  mapSchema(schema, (part) => {
    parts.push(part);
    return part;
  });
  return parts;
};

/** The form a producer is held to: no property beyond the declared ones. An object without `properties` is a free map and stays open. */
export const closeSchema = (schema: JsonSchema): JsonSchema =>
  mapSchema(schema, (inner) =>
    inner.type === 'object' && inner.properties !== undefined
      ? { ...inner, additionalProperties: false }
      : inner,
  );
