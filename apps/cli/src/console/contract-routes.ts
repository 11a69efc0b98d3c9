import { readdir, readFile } from 'node:fs/promises';
import type { ConsoleRoute } from '@alluvium/local';
import { knownSchemas, plannedBy } from '../schemas/schema-files.ts';

const ROOT = new URL('../../../../', import.meta.url);

interface Contract {
  consumes: string[];
  emits: string[];
  reads: string[];
  writes: string[];
}

const readJson = async (path: string): Promise<unknown> =>
  JSON.parse(await readFile(new URL(path, ROOT), 'utf8')) as unknown;

const serviceNames = async (): Promise<string[]> => {
  const entries = await readdir(new URL('services/', ROOT), { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
};

const readGraph = async () => {
  const names = await serviceNames();
  const services = await Promise.all(
    names.map(async (name) => ({
      name,
      ...((await readJson(`services/${name}/contract.json`)) as Contract),
    })),
  );
  const schemas = knownSchemas()
    .filter(({ kind }) => kind !== 'shared')
    .map((known) => {
      const { name, kind, schema } = known;
      const planned = plannedBy(known) !== undefined;
      return { name, kind, planned, title: schema['title'], description: schema['description'] };
    });
  return { services, schemas };
};

/** The contracts of the project, as its files have them. */
export const contractRoutes = (): ConsoleRoute[] => [
  { method: 'GET', path: '/_local/contracts', handle: readGraph },
  {
    method: 'GET',
    path: '/_local/contracts/{name}',
    handle: async ({ params }) => {
      const known = knownSchemas().find(({ name }) => name === params['name']);
      if (known === undefined) return { schema: null, example: null };
      const example = await readJson(`schemas/examples/${known.name}/full.json`).catch(() => null);
      return { schema: known.schema, example };
    },
  },
];
