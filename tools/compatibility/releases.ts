import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { JsonSchema } from '@alluvium/schema-diff';
import { format, resolveConfig } from 'prettier';

/** Where released schemas live: `<name>.v<major>/<number>.schema.json`, self-contained, never edited. */
export const RELEASED = new URL('../../schemas/released/', import.meta.url);

/** Says in a sentence why a schema is gone for good; lies beside its releases. */
const RETIRED = 'RETIRED.md';

/** All that was ever promised under one name. */
export interface ReleasedSchema {
  name: string;
  /** Release 1 first. */
  releases: JsonSchema[];
  retired: boolean;
}

const numberOf = (file: string): number =>
  Number(/^([1-9][0-9]*)\.schema\.json$/.exec(file)?.[1] ?? Number.NaN);

const readReleased = (folder: URL, name: string): ReleasedSchema => {
  const place = new URL(`${name}/`, folder);
  const files = readdirSync(place).filter((file) => file !== RETIRED);
  const numbers = files.map(numberOf).sort((a, b) => a - b);
  numbers.forEach((number, index) => {
    if (number !== index + 1) throw new Error(`${place.pathname} must hold 1.schema.json, 2.schema.json, ….`);
  });
  const releases = numbers.map(
    (number) => JSON.parse(readFileSync(new URL(`${number}.schema.json`, place), 'utf8')) as JsonSchema,
  );
  return { name, releases, retired: existsSync(new URL(RETIRED, place)) };
};

/** Everything released so far, by name. */
export const loadReleased = (folder = RELEASED): ReleasedSchema[] =>
  existsSync(folder)
    ? readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => readReleased(folder, name))
        .sort((a, b) => a.name.localeCompare(b.name))
    : [];

/** Adds a release; its number must be free. */
export const writeRelease = async (
  name: string,
  number: number,
  schema: JsonSchema,
  folder = RELEASED,
): Promise<void> => {
  const place = new URL(`${name}/`, folder);
  mkdirSync(place, { recursive: true });
  const options = await resolveConfig(RELEASED);
  const text = await format(JSON.stringify(schema), { ...options, parser: 'json' });
  writeFileSync(new URL(`${number}.schema.json`, place), text, { flag: 'wx' });
};
