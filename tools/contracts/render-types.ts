import { compile, type JSONSchema } from 'json-schema-to-typescript';
import { mapSchema } from './close-schema.ts';
import type { JsonSchema, SchemaFile } from './load-schemas.ts';

const BANNER = '// Generated from schemas/ by `npm run generate`. Do not edit.\n';
const FREE_MAP = 'Record<string, string | number | boolean | string[]>';

const localRef = (ref: string): string => {
  const name = ref.replace(/^.*\//, '').replace(/\.schema\.json$/, '');
  const typeName = name.replace(/(?:^|[.-])([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return `#/$defs/${typeName}`;
};

const forTypes = (schema: JsonSchema): JsonSchema =>
  mapSchema(schema, (inner) => {
    if (inner.$ref !== undefined) return { $ref: localRef(inner.$ref) };
    const { $id: _id, $schema: _dialect, title: _title, examples: _examples, ...rest } = inner;
    const freeMap = rest.type === 'object' && rest.properties === undefined;
    return freeMap ? { description: rest['description'], tsType: FREE_MAP } : rest;
  });

/** TypeScript types of all schemas, one interface each. */
export const renderTypes = async (schemas: SchemaFile[]): Promise<string> => {
  const root = {
    title: 'AllContracts',
    type: 'object',
    properties: Object.fromEntries(
      schemas.map(({ typeName }) => [typeName, { $ref: `#/$defs/${typeName}` }]),
    ),
    $defs: Object.fromEntries(schemas.map(({ typeName, schema }) => [typeName, forTypes(schema)])),
  } as JSONSchema;
  const source = await compile(root, 'AllContracts', {
    additionalProperties: false,
    bannerComment: BANNER,
    format: false,
    ignoreMinAndMaxItems: true,
  });
  return source.replace(/export interface AllContracts \{[\s\S]*?\n\}\n/, '');
};
