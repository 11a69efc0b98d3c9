import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { loadPlannedSchemas, loadSchemas } from '../contracts/load-schemas.ts';
import { asyncApiOf } from './render-asyncapi.ts';
import { renderCloudEvents } from './render-cloudevents.ts';
import { renderEvents } from './render-events.ts';
import { loadEventPages } from './event-pages.ts';

/** Where the documents live. */
export const DOCS = new URL('../../docs/', import.meta.url);

const projectVersion = (): string => {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
};

// As the formatter leaves it, so that the check on formatting and the check on freshness agree.
const formatted = async (name: string, content: string): Promise<string> => {
  const filepath = fileURLToPath(new URL(name, DOCS));
  return format(content, { ...(await resolveConfig(filepath)), filepath });
};

/** Content of every generated document by its name in docs/. */
export const renderDocs = async (): Promise<Record<string, string>> => {
  const schemas = loadSchemas();
  const pages = loadEventPages(schemas);
  const documents = {
    'events.md': renderEvents(pages, schemas, loadPlannedSchemas()),
    'asyncapi.json': JSON.stringify(asyncApiOf(pages, schemas, projectVersion())),
    'cloudevents.md': renderCloudEvents(pages),
  };
  const entries = Object.entries(documents).map(
    async ([name, content]) => [name, await formatted(name, content)] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
};
