import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from '@jest/globals';
import { closeSchema } from '../tools/contracts/close-schema.ts';
import { loadAllSchemas, type JsonSchema } from '../tools/contracts/load-schemas.ts';
import { dialectAjv } from '../tools/contracts/render-validators.ts';
import { deriveExamples } from '../tools/scaffold/derive-examples.ts';
import { checkEventName, checkVersion } from '../tools/scaffold/event-name.ts';
import { newEventSchema } from '../tools/scaffold/event-schema.ts';
import { planEvent, type Plan } from '../tools/scaffold/plan-event.ts';

const schemas = loadAllSchemas().map(({ schema }) => schema);
const library = new Map(schemas.map((schema) => [schema.$id!, schema]));

const folder = mkdtempSync(join(tmpdir(), 'new-event-'));
const root = pathToFileURL(`${folder}/`);
afterAll(() => rmSync(folder, { recursive: true }));

const write = (plan: Plan): void => {
  for (const [path, content] of Object.entries(plan)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), JSON.stringify(content));
  }
};

const judge = (schema: JsonSchema, examples: Record<string, unknown>): Record<string, string> => {
  const others = schemas.filter(({ $id }) => $id !== schema.$id);
  const ajv = dialectAjv([...others, schema].map((one) => closeSchema(one)));
  const validate = ajv.getSchema(schema.$id!)!;
  return Object.fromEntries(
    Object.entries(examples).map(([file, example]) => {
      if (validate(example) === true) return [file, 'valid'];
      const { keyword, instancePath, params } = validate.errors![0]!;
      const missing = (params as { missingProperty?: string }).missingProperty;
      const path = [...instancePath.split('/').slice(1), missing].filter(Boolean);
      return [file, `invalid/${[keyword, ...path].join('.')}.json`];
    }),
  );
};

const promised = (examples: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(
    Object.keys(examples).map((file) => [file, file.startsWith('invalid/') ? file : 'valid']),
  );

describe('npm run new-event', () => {
  it('makes a schema of the dialect with examples that are what their names say', () => {
    const schema = newEventSchema('text.measured');
    const examples = deriveExamples(schema, library);
    expect(Object.keys(examples)).toEqual([
      'minimal.json',
      'full.json',
      'invalid/required.data.collection.json',
      'invalid/pattern.data.collection.json',
      'invalid/minLength.data.note.json',
    ]);
    expect(judge(schema, examples)).toEqual(promised(examples));
  });

  it.each(loadAllSchemas().filter(({ kind }) => kind === 'events'))(
    'derives examples of $name from the examples of its fields',
    ({ schema }) => {
      const examples = deriveExamples(schema, library);
      expect(judge(schema, examples)).toEqual(promised(examples));
    },
  );

  it('starts the next version from the one before it, examples included', () => {
    const first = planEvent(root, { name: 'text.measured', examplesOnly: false }, library);
    write(first);
    const second = planEvent(root, { name: 'text.measured', version: 2, examplesOnly: false }, library);
    expect(Object.keys(second)).toEqual(
      expect.arrayContaining(Object.keys(first).map((path) => path.replace('.v1', '.v2'))),
    );
    expect(second['schemas/events/text.measured.v2.schema.json']).toEqual({
      ...(first['schemas/events/text.measured.v1.schema.json'] as object),
      $id: 'https://schemas.alluvium.invalid/events/text.measured.v2.schema.json',
      title: 'Text measured, version 2',
    });
  });

  it('never overwrites a schema', () => {
    write(planEvent(root, { name: 'text.weighed', examplesOnly: false }, library));
    expect(() => planEvent(root, { name: 'text.weighed', examplesOnly: false }, library)).toThrow(
      'text.weighed.v1 exists',
    );
  });

  it.each([
    [{ name: 'text.weighed', version: 3, examplesOnly: false }, 'text.weighed.v2.schema.json to start from'],
    [{ name: 'text.unknown', examplesOnly: true }, 'to make examples of'],
  ])('tells what is missing for %j', (wish, message) => {
    expect(() => planEvent(root, wish, library)).toThrow(message);
  });

  it.each(['documents', 'Documents.made', 'documents.make', 'documents.made.v2', '../x.made'])(
    'refuses the name %s',
    (name) => {
      expect(() => checkEventName(name)).toThrow(name);
    },
  );

  it.each(['text.measured', 'documents.delete-requested', 'report.written', 'mail.sent'])(
    'takes the name %s',
    (name) => {
      expect(checkEventName(name)).toBe(name);
    },
  );

  it.each(['0', 'two', '1.5'])('refuses the version %s', (version) => {
    expect(() => checkVersion(version)).toThrow('whole number');
  });
});
