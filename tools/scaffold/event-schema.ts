import type { JsonSchema } from '../contracts/load-schemas.ts';

const ID = 'https://schemas.alluvium.invalid/events';

const titleOf = (name: string): string => {
  const words = name.replaceAll(/[.-]/g, ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
};

/** The skeleton of an event: one field that it must have, one that it may have. */
export const newEventSchema = (name: string): JsonSchema => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: `${ID}/${name}.v1.schema.json`,
  title: titleOf(name),
  description: 'Say in one sentence what has happened.',
  'x-identity': ['collection'],
  type: 'object',
  required: ['metadata', 'data'],
  properties: {
    metadata: { $ref: '../shared/metadata.v1.schema.json' },
    data: {
      type: 'object',
      required: ['collection'],
      properties: {
        collection: {
          type: 'string',
          pattern: '^[a-z0-9][a-z0-9-]{0,62}$',
          description: 'Name of the collection.',
          examples: ['docs'],
        },
        note: {
          type: 'string',
          minLength: 1,
          maxLength: 200,
          description: 'Say what this field tells.',
          examples: ['an example'],
        },
      },
    },
  },
});

/** The next version of an event: the same, under its own name, to be changed from there. */
export const nextVersionSchema = (earlier: JsonSchema, name: string, version: number): JsonSchema => {
  const { $schema, $id: _id, title: _title, ...rest } = earlier;
  const title = `${titleOf(name)}, version ${String(version)}`;
  return { $schema, $id: `${ID}/${name}.v${String(version)}.schema.json`, title, ...rest };
};
