/** A JSON Schema of the restricted dialect. */
export interface JsonSchema {
  [keyword: string]: unknown;
  $id?: string;
  $ref?: string;
  type?: string;
  properties?: Record<string, JsonSchema>;
  $defs?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  allOf?: JsonSchema[];
  oneOf?: JsonSchema[];
}

const mapValues = (
  members: Record<string, JsonSchema>,
  change: (schema: JsonSchema) => JsonSchema,
): Record<string, JsonSchema> =>
  Object.fromEntries(Object.entries(members).map(([name, member]) => [name, change(member)]));

/** Applies `change` to each schema directly inside `schema`; values such as examples are left alone. */
export const mapInner = (schema: JsonSchema, change: (schema: JsonSchema) => JsonSchema): JsonSchema => ({
  ...schema,
  ...(schema.properties && { properties: mapValues(schema.properties, change) }),
  ...(schema.$defs && { $defs: mapValues(schema.$defs, change) }),
  ...(schema.items && { items: change(schema.items) }),
  ...(schema.allOf && { allOf: schema.allOf.map(change) }),
  ...(schema.oneOf && { oneOf: schema.oneOf.map(change) }),
});
