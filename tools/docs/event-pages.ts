import { readdirSync, readFileSync } from 'node:fs';
import type { SchemaFile } from '../contracts/load-schemas.ts';

const SERVICES = new URL('../../services/', import.meta.url);
const EXAMPLES = new URL('../../schemas/examples/', import.meta.url);

/** Everything that the documents tell about one event. */
export interface EventPage {
  file: SchemaFile;
  /** Names of services, sorted. */
  emittedBy: string[];
  consumedBy: string[];
  /** Announced to whoever listens outside. */
  isExternal: boolean;
  identity: string[];
  /** Details, as schemas/examples has them. */
  minimal: EventExample;
  full: EventExample;
}

export interface EventExample {
  metadata: Record<string, unknown>;
  data: Record<string, unknown>;
}

interface Party {
  name: string;
  consumes: string[];
  emits: string[];
}

const loadParties = (): Party[] =>
  readdirSync(SERVICES, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => {
      const text = readFileSync(new URL(`${name}/contract.json`, SERVICES), 'utf8');
      return { name, ...(JSON.parse(text) as Omit<Party, 'name'>) };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));

const readExample = (name: string, size: 'minimal' | 'full'): EventExample =>
  JSON.parse(readFileSync(new URL(`${name}/${size}.json`, EXAMPLES), 'utf8')) as EventExample;

/** One page for each event of `schemas`, with its parties from the services' contract.json. */
export const loadEventPages = (schemas: SchemaFile[]): EventPage[] => {
  const parties = loadParties();
  const who = (role: 'emits' | 'consumes', event: string): string[] =>
    parties.filter((party) => party[role].includes(event)).map(({ name }) => name);
  return schemas
    .filter(({ kind }) => kind === 'events')
    .map((file) => ({
      file,
      emittedBy: who('emits', file.name),
      consumedBy: who('consumes', file.name),
      isExternal: file.schema['x-audience'] === 'external',
      identity: (file.schema['x-identity'] as string[] | undefined) ?? [],
      minimal: readExample(file.name, 'minimal'),
      full: readExample(file.name, 'full'),
    }));
};
