import { mapSchema } from '../contracts/close-schema.ts';
import type { JsonSchema, SchemaFile } from '../contracts/load-schemas.ts';
import type { EventPage } from './event-pages.ts';

const DESCRIPTION =
  'The events by which the services of Alluvium talk. A channel is the detail-type of an event on the EventBridge bus of the stack; a message is its detail.';

type Document = Record<string, unknown>;

const toRef = (...path: string[]): Document => ({
  $ref: `#/${path.map((part) => part.replaceAll('~', '~0').replaceAll('/', '~1')).join('/')}`,
});

/**
 * A schema that needs no other: some tools would resolve a `$ref` against the `$id` above it, others against the
 * document, so shared schemas are put in place. The `$id` of the whole stays: it is the payload's stable name.
 */
const selfContained = (file: SchemaFile, byId: Map<string, JsonSchema>): JsonSchema => {
  const inline = (schema: JsonSchema, base: string): JsonSchema =>
    mapSchema(schema, (inner) => {
      if (inner.$ref === undefined) return inner;
      const id = new URL(inner.$ref, base).href;
      const { $id: _id, $schema: _dialect, ...target } = byId.get(id) ?? {};
      return inline(target, id);
    });
  const { $schema: _dialect, ...schema } = file.schema;
  return inline(schema, schema.$id ?? '');
};

const headersOf = ({ file, emittedBy }: EventPage): JsonSchema => ({
  type: 'object',
  description: 'Fields of the EventBridge envelope.',
  required: ['source', 'detail-type'],
  properties: {
    source: {
      type: 'string',
      description: 'The service that emitted it; another when it was put by hand.',
      examples: emittedBy,
    },
    'detail-type': { type: 'string', const: file.name },
  },
});

const messageOf = (page: EventPage): Document => {
  const { name, schema } = page.file;
  return {
    name,
    title: schema['title'],
    summary: schema['description'],
    contentType: 'application/json',
    correlationId: { location: '$message.payload#/metadata/correlationId' },
    headers: headersOf(page),
    payload: toRef('components', 'schemas', name),
    examples: [
      { name: 'minimal', payload: page.minimal },
      { name: 'full', payload: page.full },
    ],
  };
};

const operationsOf = ({ file: { name }, emittedBy, consumedBy }: EventPage): [string, Document][] => {
  const operation = (service: string, action: 'send' | 'receive'): [string, Document] => [
    `${service}.${action}.${name}`,
    {
      action,
      title: `${service} ${action}s ${name}`,
      channel: toRef('channels', name),
      messages: [toRef('channels', name, 'messages', name)],
      tags: [{ name: service }],
    },
  ];
  return [
    ...emittedBy.map((service) => operation(service, 'send')),
    ...consumedBy.map((service) => operation(service, 'receive')),
  ];
};

const tableOf = (pages: EventPage[], value: (page: EventPage) => Document): Document =>
  Object.fromEntries(pages.map((page) => [page.file.name, value(page)]));

/** The AsyncAPI 3 document of all events. `version` is that of the project. */
export const asyncApiOf = (pages: EventPage[], schemas: SchemaFile[], version: string): Document => {
  const byId = new Map(schemas.map(({ schema }) => [schema.$id ?? '', schema]));
  return {
    asyncapi: '3.0.0',
    id: 'https://schemas.alluvium.invalid/asyncapi',
    info: {
      title: 'Alluvium events',
      version,
      description: DESCRIPTION,
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
      tags: [...new Set(pages.flatMap(({ emittedBy, consumedBy }) => [...emittedBy, ...consumedBy]))]
        .sort()
        .map((name) => ({ name })),
    },
    defaultContentType: 'application/json',
    servers: {
      bus: {
        host: 'events.{region}.amazonaws.com',
        protocol: 'eventbridge',
        description: 'The bus alluvium-<stage> of the platform stack.',
        variables: { region: { default: 'eu-west-1', description: 'AWS region of the stack.' } },
      },
    },
    channels: tableOf(pages, ({ file: { name, schema } }) => ({
      address: name,
      title: schema['title'],
      description: schema['description'],
      servers: [toRef('servers', 'bus')],
      messages: { [name]: toRef('components', 'messages', name) },
    })),
    operations: Object.fromEntries(pages.flatMap(operationsOf)),
    components: {
      messages: tableOf(pages, messageOf),
      schemas: tableOf(pages, ({ file }) => selfContained(file, byId)),
    },
  };
};
