import { describe, expect, it } from '@jest/globals';
import { partsOf } from '../tools/contracts/close-schema.ts';
import { loadAllSchemas } from '../tools/contracts/load-schemas.ts';
import { exampleOf } from './support/schema-tree.ts';

const ALLOWED = new Set([
  '$schema', '$id', '$ref', '$defs', 'title', 'description', 'examples', 'deprecated',
  'type', 'properties', 'required', 'items', 'enum', 'const', 'pattern', 'format', 'allOf', 'oneOf',
  'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'minLength', 'maxLength', 'minItems', 'maxItems',
]); // prettier-ignore
const FORMATS = ['uuid', 'date-time', 'uri'];

describe.each(loadAllSchemas())('$kind/$name keeps to the dialect:', ({ kind, name, schema }) => {
  const parts = partsOf(schema);

  it('has the stable $id of its place', () => {
    expect(schema.$id).toBe(`https://schemas.alluvium.invalid/${kind}/${name}.schema.json`);
    expect(schema['$schema']).toBe('https://json-schema.org/draft/2020-12/schema');
  });

  it('uses allowed keywords only', () => {
    const unknown = parts
      .flatMap((part) => Object.keys(part))
      .filter((key) => !ALLOWED.has(key) && !key.startsWith('x-'));
    expect(unknown).toEqual([]);
  });

  it('puts nothing beside a $ref', () => {
    expect(parts.filter((part) => part.$ref !== undefined && Object.keys(part).length > 1)).toEqual([]);
  });

  it('gives one type a value and known formats', () => {
    for (const part of parts) {
      if (part['type'] !== undefined) expect(typeof part['type']).toBe('string');
      if (part['format'] !== undefined) expect(FORMATS).toContain(part['format']);
    }
  });

  it('describes itself and each of its properties', () => {
    expect(schema['title']).toEqual(expect.any(String));
    expect(schema['description']).toEqual(expect.any(String));
    const nested = parts.flatMap(({ properties = {} }) => Object.entries(properties));
    const bare = nested.filter(([, value]) => value.$ref === undefined && value['description'] === undefined);
    const envelope = kind === 'events' ? ['data'] : [];
    expect(bare.map(([property]) => property)).toEqual(envelope);
  });

  it('requires only what it declares', () => {
    for (const { required = [], properties = {} } of parts) {
      expect(required.filter((property) => !(property in properties))).toEqual([]);
    }
  });
});

describe.each(loadAllSchemas().filter(({ kind }) => kind === 'events'))(
  '$name is an event:',
  ({ name, schema }) => {
    it('is named noun.past-participle.v<major>', () => {
      expect(name).toMatch(/^[a-z-]+\.[a-z-]+\.v[1-9][0-9]*$/);
    });

    it('is made of metadata and data', () => {
      expect(schema.required).toEqual(['metadata', 'data']);
      expect(schema.properties?.['metadata']).toEqual({ $ref: '../shared/metadata.v1.schema.json' });
    });

    it('names the fields that make two of them the same event', () => {
      const identity = schema['x-identity'] as string[];
      expect(identity.length).toBeGreaterThan(0);
      const { data } = exampleOf(name, 'full') as { data: unknown };
      for (const path of identity) expect(data).toHaveProperty(path);
    });
  },
);
