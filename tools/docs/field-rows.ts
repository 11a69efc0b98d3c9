import type { JsonSchema } from '../contracts/load-schemas.ts';

/** One row of a table of fields. */
export interface FieldRow {
  /** `source.name`, `parts[].part` */
  path: string;
  type: string;
  required: boolean;
  description: string;
  /** JSON text, or nothing where the field is a structure. */
  example: string;
}

/** Name of the shared schema that a reference points to: `pointer.v1`. */
export const sharedName = (ref: string): string => ref.replace(/^.*\//, '').replace(/\.schema\.json$/, '');

/** Anchor of a heading that is a schema's name, as GitHub makes it. */
export const anchorOf = (name: string): string => name.replaceAll('.', '');

const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

const boundsOf = (schema: JsonSchema, unit: string, low: string, high: string): string[] => {
  const suffix = unit === '' ? '' : ` ${unit}`;
  return [
    ...(schema[low] === undefined ? [] : [`≥ ${text(schema[low])}${suffix}`]),
    ...(schema[high] === undefined ? [] : [`≤ ${text(schema[high])}${suffix}`]),
  ];
};

const constraintsOf = (schema: JsonSchema): string[] => [
  ...(schema['format'] === undefined ? [] : [text(schema['format'])]),
  ...(schema['pattern'] === undefined ? [] : [`\`${text(schema['pattern'])}\``]),
  ...(schema['enum'] === undefined ? [] : [(schema['enum'] as unknown[]).map(text).join(' or ')]),
  ...(schema['const'] === undefined ? [] : [`always ${JSON.stringify(schema['const'])}`]),
  ...boundsOf(schema, '', 'minimum', 'maximum'),
  ...boundsOf(schema, 'characters', 'minLength', 'maxLength'),
  ...boundsOf(schema, 'items', 'minItems', 'maxItems'),
];

const typeOf = (schema: JsonSchema): string => {
  if (schema.$ref !== undefined) {
    const name = sharedName(schema.$ref);
    return `[${name}](#${anchorOf(name)})`;
  }
  if (schema.items !== undefined) return `list of ${typeOf(schema.items)}`;
  return [schema.type ?? 'any', ...constraintsOf(schema)].join(', ');
};

const describe = (schema: JsonSchema): string => {
  const known = schema['x-known-values'] as unknown[] | undefined;
  const description = (schema['description'] as string | undefined) ?? '';
  return known === undefined ? description : `${description} Known: ${known.map(text).join(', ')}.`;
};

const exampleOf = (schema: JsonSchema): string => {
  const [example] = (schema['examples'] as unknown[] | undefined) ?? [];
  return example === undefined ? '' : `\`${JSON.stringify(example)}\``;
};

const rowsBelow = (schema: JsonSchema, path: string): FieldRow[] => {
  if (schema.items !== undefined) return rowsBelow(schema.items, `${path}[]`);
  return schema.properties === undefined ? [] : fieldRows(schema, `${path}.`);
};

/** The fields of an object schema, nested ones after their parents; references are links, not expanded. */
export const fieldRows = (schema: JsonSchema, prefix = ''): FieldRow[] =>
  Object.entries(schema.properties ?? {}).flatMap(([name, field]) => [
    {
      path: `${prefix}${name}`,
      type: typeOf(field),
      required: (schema.required ?? []).includes(name),
      description: describe(field),
      example: exampleOf(field),
    },
    ...rowsBelow(field, `${prefix}${name}`),
  ]);

const cell = (content: string): string => content.replaceAll('|', '\\|');

/** A Markdown table of fields. */
export const fieldTable = (schema: JsonSchema): string =>
  [
    '| field | type | required | description | example |',
    '| --- | --- | --- | --- | --- |',
    ...fieldRows(schema).map(
      ({ path, type, required, description, example }) =>
        `| \`${path}\` | ${cell(type)} | ${required ? 'yes' : 'no'} | ${cell(description)} | ${cell(example)} |`,
    ),
  ].join('\n');
