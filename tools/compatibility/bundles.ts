import { bundleSchema, type JsonSchema } from '@alluvium/schema-diff';
import { loadSchemas, type SchemaFile } from '../contracts/load-schemas.ts';

/** Every schema by name, each self-contained: what it refers to lies under its `$defs`. */
export const bundleSchemas = (files: SchemaFile[] = loadSchemas()): Map<string, JsonSchema> => {
  const byId = new Map(files.map(({ schema }) => [schema.$id, schema]));
  return new Map(files.map(({ name, schema }) => [name, bundleSchema(schema, (id) => byId.get(id))]));
};
