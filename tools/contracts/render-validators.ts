import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import standalone from 'ajv/dist/standalone/index.js';
import formats from 'ajv-formats';
import { build } from 'esbuild';
import { closeSchema, mapSchema } from './close-schema.ts';
import type { JsonSchema, SchemaFile } from './load-schemas.ts';

const FORMATS = ['uuid', 'date-time', 'uri'] as const;

/** Annotations that validate nothing. */
export const ANNOTATIONS = [
  'x-identity',
  'x-audience',
  'x-encoding',
  'x-known-values',
  'x-status',
  'x-owner',
];

/** An Ajv that knows the restricted dialect and all `schemas`. */
export const dialectAjv = (schemas: JsonSchema[]): Ajv2020 => {
  const ajv = new Ajv2020({
    strict: true,
    strictRequired: false,
    inlineRefs: false,
    code: { source: true, esm: true },
  });
  // The dialect has no unevaluated*; what Ajv keeps for them are assignments that no bundler can drop.
  ajv.opts.unevaluated = false;
  formats.default(ajv, [...FORMATS]);
  ajv.addVocabulary(ANNOTATIONS);
  for (const schema of schemas) ajv.addSchema(schema);
  return ajv;
};

// Generated code embeds its schemas: prose does not belong in a bundle.
const withoutProse = (schema: JsonSchema): JsonSchema =>
  mapSchema(schema, ({ title: _title, description: _description, examples: _examples, ...rest }) => rest);

const standaloneSource = (
  schemas: SchemaFile[],
  prefix: string,
  form: (schema: JsonSchema) => JsonSchema,
): string => {
  const ajv = dialectAjv(schemas.map(({ schema }) => withoutProse(form(schema))));
  const exported = schemas
    .filter(({ kind }) => kind !== 'shared')
    .map(({ typeName, schema }) => [`${prefix}${typeName}`, schema.$id as string]);
  return standalone.default(ajv, Object.fromEntries(exported) as Record<string, string>);
};

// Ajv's ESM output still holds `require` of its runtime: bundling once removes it.
const bundle = async (source: string): Promise<string> => {
  const resolveDir = fileURLToPath(new URL('../../', import.meta.url));
  const result = await build({
    stdin: { contents: source, resolveDir, loader: 'js' },
    // The bundle names its modules by their paths: these must be the same wherever it is made.
    absWorkingDir: resolveDir,
    preserveSymlinks: true,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    write: false,
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'none',
  });
  return result.outputFiles[0]?.text ?? '';
};

/** Ajv standalone validators: `open<Type>` ignores unknown properties, `closed<Type>` refuses them. */
export const renderValidators = async (
  schemas: SchemaFile[],
): Promise<{ open: string; closed: string; types: string }> => {
  const declare = (prefix: string): string =>
    schemas
      .filter(({ kind }) => kind !== 'shared')
      .map(({ typeName }) => `export declare const ${prefix}${typeName}: Validator<T.${typeName}>;`)
      .join('\n');
  const header = "import type { Validator } from '../validator.ts';\nimport type * as T from './types.ts';\n";
  return {
    open: await bundle(standaloneSource(schemas, 'open', (schema) => schema)),
    closed: await bundle(standaloneSource(schemas, 'closed', closeSchema)),
    types: `${header}${declare('PREFIX')}\n`,
  };
};
