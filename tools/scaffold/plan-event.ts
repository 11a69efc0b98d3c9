import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { JsonSchema } from '../contracts/load-schemas.ts';
import { deriveExamples, type Library } from './derive-examples.ts';
import { exitCodes, ScaffoldError } from './event-name.ts';
import { newEventSchema, nextVersionSchema } from './event-schema.ts';

/** What to make: the first version of an event, its next one, or the examples of one that exists. */
export interface Wish {
  name: string;
  version?: number;
  examplesOnly: boolean;
}

/** Files to write: content by path from the root of the repository. */
export type Plan = Record<string, unknown>;

const schemaPath = (event: string): string => `schemas/events/${event}.schema.json`;
const examplesPath = (event: string): string => `schemas/examples/${event}`;

const readJson = (file: URL): unknown => JSON.parse(readFileSync(file, 'utf8'));

const below = (folder: string, files: Record<string, unknown>): Plan =>
  Object.fromEntries(Object.entries(files).map(([file, content]) => [`${folder}/${file}`, content]));

const planExamples = (root: URL, event: string, library: Library): Plan => {
  const file = new URL(schemaPath(event), root);
  if (!existsSync(file))
    throw new ScaffoldError(`There is no ${schemaPath(event)} to make examples of.`, exitCodes.notFound);
  const schema = readJson(file) as JsonSchema;
  // The schema is written again as it is, for the sake of its formatting.
  return { [schemaPath(event)]: schema, ...below(examplesPath(event), deriveExamples(schema, library)) };
};

const planNext = (root: URL, name: string, version: number): Plan => {
  const earlier = `${name}.v${String(version - 1)}`;
  const file = new URL(schemaPath(earlier), root);
  if (!existsSync(file))
    throw new ScaffoldError(`There is no ${schemaPath(earlier)} to start from.`, exitCodes.notFound);
  const event = `${name}.v${String(version)}`;
  const folder = new URL(`${examplesPath(earlier)}/`, root);
  const examples = readdirSync(fileURLToPath(folder), { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.json'))
    .map((path) => [path, readJson(new URL(path, folder))]);
  return {
    [schemaPath(event)]: nextVersionSchema(readJson(file) as JsonSchema, name, version),
    ...below(examplesPath(event), Object.fromEntries(examples) as Plan),
  };
};

const planNew = (name: string, library: Library): Plan => {
  const schema = newEventSchema(name);
  const event = `${name}.v1`;
  return { [schemaPath(event)]: schema, ...below(examplesPath(event), deriveExamples(schema, library)) };
};

/** The files of the wish; throws when an event would be overwritten or what it starts from is missing. */
export const planEvent = (root: URL, { name, version = 1, examplesOnly }: Wish, library: Library): Plan => {
  const event = `${name}.v${String(version)}`;
  if (examplesOnly) return planExamples(root, event, library);
  if (existsSync(new URL(schemaPath(event), root)))
    throw new ScaffoldError(
      `${event} exists. Its next version: --version ${String(version + 1)}. Its examples anew: --examples.`,
      exitCodes.conflict,
    );
  return version === 1 ? planNew(name, library) : planNext(root, name, version);
};
