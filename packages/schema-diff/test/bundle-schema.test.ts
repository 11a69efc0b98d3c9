import { describe, expect, it } from '@jest/globals';
import { bundleSchema, compareSchemas, type JsonSchema } from '@alluvium/schema-diff';

const files: Record<string, JsonSchema> = {
  'https://x.invalid/shared/leaf.v1.schema.json': {
    $id: 'https://x.invalid/shared/leaf.v1.schema.json',
    type: 'object',
    properties: { of: { $ref: 'tree.v1.schema.json' }, name: { $ref: '#/$defs/name' } },
    $defs: { name: { type: 'string' } },
  },
  'https://x.invalid/shared/tree.v1.schema.json': {
    type: 'object',
    properties: { leaf: { $ref: 'leaf.v1.schema.json' } },
  },
};
const root: JsonSchema = {
  $id: 'https://x.invalid/events/a.v1.schema.json',
  type: 'object',
  properties: {
    leaf: { $ref: '../shared/leaf.v1.schema.json' },
    name: { $ref: '../shared/leaf.v1.schema.json#/$defs/name' },
    again: { $ref: 'a.v1.schema.json' },
  },
  examples: [{ $ref: 'not a reference' }],
};
const lookup = (id: string): JsonSchema | undefined => files[id];

describe('bundleSchema', () => {
  it('turns every reference inwards, also in files that refer to each other in a circle', () => {
    expect(bundleSchema(root, lookup)).toEqual({
      ...root,
      properties: {
        leaf: { $ref: '#/$defs/leaf.v1' },
        name: { $ref: '#/$defs/leaf.v1/$defs/name' },
        again: { $ref: '#' },
      },
      $defs: {
        'leaf.v1': {
          type: 'object',
          properties: { of: { $ref: '#/$defs/tree.v1' }, name: { $ref: '#/$defs/leaf.v1/$defs/name' } },
          $defs: { name: { type: 'string' } },
        },
        'tree.v1': { type: 'object', properties: { leaf: { $ref: '#/$defs/leaf.v1' } } },
      },
    });
  });

  it('gives schemas that can be compared, however they come back to themselves', () => {
    const bundled = bundleSchema(root, lookup);
    expect(compareSchemas(bundled, structuredClone(bundled))).toEqual([]);
  });

  it('names the file that is missing', () => {
    const broken = { ...root, properties: { a: { $ref: '../shared/gone.v1.schema.json' } } };
    expect(() => bundleSchema(broken, lookup)).toThrow(
      'a.v1 refers to https://x.invalid/shared/gone.v1.schema.json',
    );
  });

  it('refuses to take a name that the schema defines itself', () => {
    expect(() => bundleSchema({ ...root, $defs: { 'leaf.v1': { type: 'string' } } }, lookup)).toThrow(
      'leaf.v1',
    );
  });
});

describe('compareSchemas', () => {
  it('reports a change of a shared definition at each place that uses it', () => {
    const using = (type: string): JsonSchema => ({
      type: 'object',
      properties: { a: { $ref: '#/$defs/d' }, b: { type: 'array', items: { $ref: '#/$defs/d' } } },
      $defs: { d: { type } },
    });
    const paths = compareSchemas(using('string'), using('integer')).map(({ path }) => path);
    expect(paths).toEqual(['/a', '/b/*']);
  });

  it('names properties with a slash as a JSON pointer does', () => {
    const schema = (type: string): JsonSchema => ({ type: 'object', properties: { 'a/b~c': { type } } });
    expect(compareSchemas(schema('string'), schema('number'))[0]?.path).toBe('/a~1b~0c');
  });

  it('refuses a reference that leads nowhere', () => {
    const lost: JsonSchema = { $ref: '#/$defs/lost' };
    expect(() => compareSchemas(lost, lost)).toThrow('#/$defs/lost leads nowhere');
  });
});
