import type { JsonSchema, SchemaFile } from '../contracts/load-schemas.ts';
import type { EventPage } from './event-pages.ts';
import { anchorOf, fieldTable, sharedName } from './field-rows.ts';
import { putEventsCommand } from './put-events-command.ts';
import { renderGraph } from './render-graph.ts';

const INTRODUCTION = `<!-- Generated from schemas/ and services/*/contract.json by \`npm run generate\`. Do not edit. -->

# Events

Services talk by these events alone. An event travels over EventBridge with its name as \`detail-type\`, the service that emits it as \`source\`, and \`detail\` = \`{ metadata, data }\`. Delivery is at least once and in no order; consumers ignore fields they do not know. \`npm run new-event\` makes another ([how](how-to/add-an-event.md)); [asyncapi.json](asyncapi.json) tells the same to tools.

Rules match the name and not the source, so each command below starts the stage that consumes the event. The bus is that of the stage \`dev\`. The objects that the examples point to do not exist: put your own values in. \`npx alluvium events emit <name> --data event.json\` does the same, validates first, and makes the metadata.`;

const serviceLinks = (services: string[]): string =>
  services.map((name) => `[${name}](../services/${name}/README.md)`).join(', ');

const listeners = ({ consumedBy, isExternal }: EventPage): string =>
  [
    ...consumedBy.map((name) => serviceLinks([name])),
    ...(isExternal ? ['whoever listens outside'] : []),
  ].join(', ') || 'nobody yet';

const dataOf = (schema: JsonSchema): JsonSchema => schema.properties?.['data'] ?? {};

const overview = (pages: EventPage[]): string =>
  [
    '| event | says | from | to |',
    '| --- | --- | --- | --- |',
    ...pages.map((page) => {
      const { name, schema } = page.file;
      const to = [...page.consumedBy, ...(page.isExternal ? ['outside'] : [])].join(', ');
      return `| [${name}](#${anchorOf(name)}) | ${String(schema['description'])} | ${page.emittedBy.join(', ')} | ${to} |`;
    }),
  ].join('\n');

const eventSection = (page: EventPage): string => {
  const { name, schema } = page.file;
  const identity = page.identity.map((path) => `\`${path}\``).join(', ');
  return [
    `## ${name}`,
    String(schema['description']),
    [
      `- Emitted by: ${serviceLinks(page.emittedBy) || 'nobody yet'}`,
      `- Consumed by: ${listeners(page)}`,
      `- Identity (the same values are the same event): ${identity}`,
      `- Schema: [${name}.schema.json](../schemas/events/${name}.schema.json)`,
    ].join('\n'),
    'Fields of `data`:',
    fieldTable(dataOf(schema)),
    `\`\`\`sh\n${putEventsCommand(page)}\n\`\`\``,
  ].join('\n\n');
};

const refsOf = (schema: unknown): string[] => {
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([key, value]) =>
    key === '$ref' && typeof value === 'string' ? [sharedName(value)] : refsOf(value),
  );
};

const withReferences = (names: string[], shared: Map<string, SchemaFile>): Set<string> => {
  const reached = new Set<string>();
  const visit = (name: string): void => {
    const file = shared.get(name);
    if (file === undefined || reached.has(name)) return;
    reached.add(name);
    for (const inner of refsOf(file.schema)) visit(inner);
  };
  for (const name of names) visit(name);
  return reached;
};

const sharedSection = ({ name, schema }: SchemaFile): string =>
  [`### ${name}`, String(schema['description']), fieldTable(schema)].join('\n\n');

const plannedSection = (planned: SchemaFile[]): string[] =>
  planned.length === 0
    ? []
    : [
        '## Planned',
        'These have a schema and examples, and nobody emits or consumes them yet; they may still change. `npx alluvium schemas show <name>` tells their fields; [how one comes into use](how-to/add-an-event.md#put-a-planned-event-to-use).',
        [
          '| event | says | will come from |',
          '| --- | --- | --- |',
          ...planned.map(
            ({ name, schema }) =>
              `| [${name}](../schemas/events/${name}.schema.json) | ${String(schema['description'])} | ${serviceLinks([String(schema['x-owner'])])} |`,
          ),
        ].join('\n'),
      ];

/** docs/events.md: the graph, every event with its fields and a command that puts it, then those that are planned. */
export const renderEvents = (pages: EventPage[], schemas: SchemaFile[], planned: SchemaFile[]): string => {
  const shared = new Map(schemas.filter(({ kind }) => kind === 'shared').map((file) => [file.name, file]));
  const reached = withReferences(
    pages.flatMap(({ file }) => refsOf(file.schema)),
    shared,
  );
  return [
    INTRODUCTION,
    renderGraph(pages),
    overview(pages),
    ...pages.map(eventSection),
    ...plannedSection(planned),
    '## Shared shapes',
    'Every event has the metadata; the others are parts of its data.',
    ...[...shared.values()].filter(({ name }) => reached.has(name)).map(sharedSection),
  ].join('\n\n');
};
