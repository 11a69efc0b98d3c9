import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from '@jest/globals';
import { describeFault, MAX_EVENT_BYTES } from '@alluvium/contracts';
import { events } from '@alluvium/contracts/catalogue';
import type { Parser as AsyncApiParser } from '@asyncapi/parser';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { loadPlannedSchemas, loadSchemas } from '../tools/contracts/load-schemas.ts';
import { loadEventPages } from '../tools/docs/event-pages.ts';
import { fieldRows } from '../tools/docs/field-rows.ts';
import { cloudEventOf } from '../tools/docs/render-cloudevents.ts';
import { DOCS, renderDocs } from '../tools/docs/render-docs.ts';
import { loadServices } from './support/services.ts';
import { shellWords } from './support/shell-words.ts';

const read = (name: string): string => readFileSync(new URL(name, DOCS), 'utf8');
const names = Object.keys(events) as (keyof typeof events)[];
const services = loadServices();
const pages = loadEventPages(loadSchemas());
const rendered = await renderDocs();

describe('docs/', () => {
  it.each(Object.keys(rendered))(
    '%s is what schemas and services give (else run npm run generate)',
    (name) => {
      expect(read(name) === rendered[name]).toBe(true);
    },
  );
});

describe('docs/events.md', () => {
  const text = read('events.md');
  const sections = new Map(
    text
      .split(/^## /m)
      .slice(1)
      .map((section) => [section.slice(0, section.indexOf('\n')), section]),
  );

  it.each(names)('has a section on %s with every field of its data', (name) => {
    const schema = loadSchemas().find((file) => file.name === name)!.schema;
    const section = sections.get(name)!;
    for (const { path } of fieldRows(schema.properties!['data']!))
      expect(section).toContain(`| \`${path}\` `);
  });

  it.each(names)('has a command for %s that a shell and PutEvents accept', (name) => {
    const [, command] = /```sh\n(.*?)\n```/s.exec(sections.get(name)!)!;
    const [program, ...words] = shellWords(command!);
    expect([program, ...words.slice(0, 3)]).toEqual(['aws', 'events', 'put-events', '--entries']);
    expect(words).toHaveLength(4);
    const [entry, ...others] = JSON.parse(words[3]!) as Record<string, string>[];
    expect(others).toEqual([]);
    // What PutEvents asks of an entry: these members, none empty, a Source that is not of AWS, a Detail that is a JSON object.
    expect(Object.keys(entry!).sort()).toEqual(['Detail', 'DetailType', 'EventBusName', 'Source']);
    for (const value of Object.values(entry!)) expect(value).toEqual(expect.stringMatching(/\S/));
    expect(entry!['Source']).not.toMatch(/^aws\./);
    expect(entry!['DetailType']).toBe(name);
    expect(Buffer.byteLength(entry!['Detail']!)).toBeLessThan(MAX_EVENT_BYTES);
    const contract = events[name];
    const detail: unknown = JSON.parse(entry!['Detail']!);
    expect([contract.open(detail), describeFault(contract.open.errors)]).toEqual([true, 'unknown fault']);
  });

  it('lists what is planned, with the service it will come from', () => {
    const lines = (sections.get('Planned') ?? '').split('\n');
    for (const file of loadPlannedSchemas()) {
      const line = lines.find((candidate) => candidate.startsWith(`| [${file.name}](`));
      expect(line).toContain(file.schema['description']);
      expect(line).toContain(`[${String(file.schema['x-owner'])}](`);
    }
  });

  it.each(names)('draws %s from each producer to each consumer', (name) => {
    const node = name.replaceAll(/[^a-z0-9]/g, '_');
    for (const { name: service, contract } of services) {
      expect([service, text.includes(`  ${service} --> ${node}[`)]).toEqual([
        service,
        contract.emits.includes(name),
      ]);
      expect([service, text.includes(`  ${node}["${name}"] --> ${service}\n`)]).toEqual([
        service,
        contract.consumes.includes(name),
      ]);
    }
  });
});

describe('the links of the documents', () => {
  const anchorsOf = (text: string): string[] =>
    [...text.matchAll(/^#+ (.*)$/gm)].map(([, title]) =>
      title!
        .toLowerCase()
        .replace(/[^\w -]/g, '')
        .replaceAll(' ', '-'),
    );

  it.each(['events.md', 'errors.md', 'cloudevents.md', 'performance.md', 'how-to/add-an-event.md'])(
    'in %s lead to headings and files that exist',
    (name) => {
      const text = read(name).replaceAll(/```.*?```/gs, '');
      for (const [, target] of text.matchAll(/\]\((?!https:)([^)]*)\)/g)) {
        const [file, anchor] = target!.split('#');
        const found = file === '' ? text : readFileSync(new URL(file!, new URL(name, DOCS)), 'utf8');
        if (anchor !== undefined) expect(anchorsOf(found)).toContain(anchor);
      }
    },
  );
});

describe('the commands of docs/events.md are read as a shell does', () => {
  it.each([
    [`a 'b c' d`, ['a', 'b c', 'd']],
    [`'it'\\''s'`, [`it's`]],
    [`"a \\"b\\" \\n"`, ['a "b" \\n']],
    [`''`, ['']],
  ])('%s', (command, words) => {
    expect(shellWords(command)).toEqual(words);
  });

  it.each(['echo $HOME', 'a; b', 'a > b', `'open`])('refuses %s', (command) => {
    expect(() => shellWords(command)).toThrow('A shell would not take');
  });
});

const ERROR_SEVERITY = 0;

interface AsyncApi {
  channels: Record<string, { address: string }>;
  operations: Record<string, { action: string; channel: { $ref: string } }>;
  components: {
    messages: Record<string, { examples: { payload: { metadata: Record<string, unknown> } }[] }>;
    schemas: Record<string, { $id: string; properties: { data: { type: string } } }>;
  };
}

describe('docs/asyncapi.json', () => {
  const { Parser } = createRequire(import.meta.url)('@asyncapi/parser') as { Parser: typeof AsyncApiParser };
  const errorsOf = async (document: AsyncApi): Promise<string[]> => {
    const { diagnostics } = await new Parser().parse(JSON.stringify(document));
    return (diagnostics as { severity: number; path: (string | number)[]; message: string }[])
      .filter(({ severity }) => severity === ERROR_SEVERITY)
      .map(({ message, path }) => `${path.join('/')}: ${message}`);
  };
  const parsed = (): AsyncApi => JSON.parse(read('asyncapi.json')) as AsyncApi;

  it('is a valid AsyncAPI 3 document', async () => {
    expect(await errorsOf(parsed())).toEqual([]);
  });

  // The parser does not look at the examples of AsyncAPI 3; its default schema format is a superset of draft 7.
  it.each(names)('has examples of %s that fit a payload which needs no other document', (name) => {
    const { schemas, messages } = parsed().components;
    const ajv = new Ajv({ strict: false });
    formats.default(ajv);
    const validate = ajv.compile(schemas[name]!);
    for (const { payload } of messages[name]!.examples)
      expect([validate(payload), validate.errors]).toEqual([true, null]);
    expect(validate({ ...messages[name]!.examples[0]!.payload, metadata: {} })).toBe(false);
  });

  it('would not pass with a payload that is no JSON Schema', async () => {
    const document = parsed();
    document.components.schemas['chunks.created.v1']!.properties.data.type = 'objekt';
    expect((await errorsOf(document)).join()).toContain('type');
  });

  it('would not pass with an operation on a channel that does not exist', async () => {
    const document = parsed();
    document.operations['chunk.send.chunks.created.v1']!.channel.$ref = '#/channels/gone';
    expect(await errorsOf(document)).not.toEqual([]);
  });

  it('has a channel for every event and an operation for every line of a contract.json', () => {
    const { channels, operations } = parsed();
    expect(Object.values(channels).map(({ address }) => address)).toEqual(names);
    const declared = services.flatMap(({ name, contract }) => [
      ...contract.emits.map((event) => `${name}.send.${event}`),
      ...contract.consumes.map((event) => `${name}.receive.${event}`),
    ]);
    expect(Object.keys(operations).sort()).toEqual(declared.sort());
  });

  it('names payloads by the $id of their schemas', () => {
    const { schemas } = parsed().components;
    expect(names.map((name) => schemas[name]!.$id)).toEqual(
      names.map((name) => `https://schemas.alluvium.invalid/events/${name}.schema.json`),
    );
  });
});

describe('docs/cloudevents.md', () => {
  it.each(pages.map((page) => ({ name: page.file.name, page })))(
    'maps $name to a CloudEvent',
    ({ name, page }) => {
      const event = cloudEventOf(page);
      for (const required of ['id', 'source', 'specversion', 'type'])
        expect(event[required]).toEqual(expect.stringMatching(/\S/));
      expect(event).toMatchObject({ specversion: '1.0', type: `alluvium.${name}`, data: page.full.data });
      for (const attribute of Object.keys(event)) expect(attribute).toMatch(/^[a-z0-9]+$/);
      expect(event['traceparent']).toMatch(/^00-[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/);
    },
  );
});
