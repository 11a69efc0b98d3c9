import { readFileSync } from 'node:fs';
import { mapSchema } from '../../tools/contracts/close-schema.ts';
import {
  loadAllSchemas,
  loadPlannedSchemas,
  loadSchemas,
  type JsonSchema,
  type SchemaFile,
} from '../../tools/contracts/load-schemas.ts';

const byId = new Map(loadAllSchemas().map(({ schema }) => [schema.$id, schema]));

const inline = (schema: JsonSchema, base: string): JsonSchema =>
  mapSchema(schema, (part) => {
    if (part.$ref === undefined) return part;
    const id = new URL(part.$ref, base).href;
    const target = byId.get(id);
    if (target === undefined) throw new Error(`There is no schema ${id}`);
    const { $id: _id, $schema: _schema, ...rest } = inline(target, id);
    return rest;
  });

const treesOf = (files: SchemaFile[]) =>
  files
    .filter(({ kind }) => kind === 'events')
    .map(({ name, schema }) => {
      const { $id, $schema: _, ...tree } = inline(schema, schema.$id!);
      return { name, identity: tree['x-identity'] as string[], schema: { ...tree, title: $id } };
    });

/** Every event's schema as one tree, every $ref replaced by what it names. */
export const eventSchemas = treesOf(loadSchemas());

/** The same of the events that wait for a producer. */
export const plannedEventSchemas = treesOf(loadPlannedSchemas());

/** The schema of one event as one tree. */
export const eventSchema = (name: string): JsonSchema => {
  const found = eventSchemas.find((event) => event.name === name);
  if (found === undefined) throw new Error(`There is no event ${name}`);
  return found.schema;
};

/** The example of a schema, parsed anew at each call. */
export const exampleOf = (name: string, which: 'minimal' | 'full'): unknown =>
  JSON.parse(readFileSync(new URL(`../../schemas/examples/${name}/${which}.json`, import.meta.url), 'utf8'));
