import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { bundleSchema, type JsonSchema } from '@alluvium/schema-diff';
import { CliError, exitCodes } from '../cli-error.ts';

const ROOT = new URL('../../../../schemas/', import.meta.url);
const KINDS = { events: 'event', objects: 'object', api: 'http', shared: 'shared' } as const;
const SUFFIX = '.schema.json';

/** One schema of the project. */
export interface KnownSchema {
  name: string;
  kind: (typeof KINDS)[keyof typeof KINDS];
  schema: JsonSchema;
}

const read = (url: URL): JsonSchema => JSON.parse(readFileSync(url, 'utf8')) as JsonSchema;

/** Every schema of the project, events first. */
export const knownSchemas = (): KnownSchema[] =>
  Object.entries(KINDS).flatMap(([folder, kind]) =>
    readdirSync(new URL(`${folder}/`, ROOT))
      .filter((file) => file.endsWith(SUFFIX))
      .sort()
      .map((file) => ({
        name: file.slice(0, -SUFFIX.length),
        kind,
        schema: read(new URL(`${folder}/${file}`, ROOT)),
      })),
  );

/** The service that will emit a planned event; undefined when the schema is in use. */
export const plannedBy = ({ schema }: KnownSchema): string | undefined =>
  schema['x-status'] === 'planned' ? String(schema['x-owner']) : undefined;

/** The schema with this name; its major may be left out when there is only .v1. */
export const findSchema = (name: string): KnownSchema => {
  const schemas = knownSchemas();
  const found = schemas.find((entry) => entry.name === name || entry.name === `${name}.v1`);
  if (found !== undefined) return found;
  const noun = name.replace(/\.v\d+$/, '').split(/[.-]/)[0] ?? '';
  const similar = schemas.map((entry) => entry.name).filter((known) => known.split(/[.-]/).includes(noun));
  throw new CliError(
    `There is no schema "${name}".`,
    exitCodes.notFound,
    similar.length > 0 ? `Did you mean: ${similar.join(', ')}?` : 'See them all: alluvium schemas ls',
  );
};

// A copy outside the project still refers to ../shared/pointer.v1.schema.json: fall back on the project's file.
const lookup = (id: string): JsonSchema | undefined => {
  const url = new URL(id);
  if (url.protocol === 'file:' && existsSync(url)) return read(url);
  const own = new URL(url.pathname.split('/').slice(-2).join('/'), ROOT);
  return existsSync(own) ? read(own) : undefined;
};

const fromFile = (file: string): JsonSchema => {
  const url = pathToFileURL(file);
  try {
    return bundleSchema(read(url), lookup, url.href);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new CliError(`${file} is not JSON: ${error.message}.`, exitCodes.usage);
  }
};

/** A self-contained schema: a file, the name of a schema, or `<name>@<release>`. */
export const resolveSchema = (which: string): JsonSchema => {
  if (existsSync(which)) return fromFile(which);
  if (which.endsWith('.json')) throw new CliError(`${which} does not exist.`, exitCodes.notFound);
  const [name = '', release] = which.split('@');
  const found = findSchema(name);
  if (release === undefined) return bundleSchema(found.schema, lookup);
  const file = new URL(`released/${found.name}/${release}${SUFFIX}`, ROOT);
  if (existsSync(file)) return read(file);
  throw new CliError(
    `${found.name} has no release ${release}.`,
    exitCodes.notFound,
    `See schemas/released/${found.name}/.`,
  );
};
