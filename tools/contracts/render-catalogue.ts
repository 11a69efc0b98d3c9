import { declaredFields } from './declared-fields.ts';
import { constantName, type SchemaFile } from './load-schemas.ts';

const BANNER = '// Generated from schemas/ by `npm run generate`. Do not edit.\n';

const fieldsOf = ({ schema }: SchemaFile, schemas: SchemaFile[]): string =>
  JSON.stringify(declaredFields(schema, schema.$id ?? '', schemas));

const eventEntry = (file: SchemaFile, schemas: SchemaFile[]): string => {
  const { name, typeName, schema } = file;
  const identity = JSON.stringify(schema['x-identity'] ?? []);
  const audience = schema['x-audience'] === 'external' ? "'external'" : "'services'";
  return `export const ${constantName(file)}: EventContract<T.${typeName}> = { name: '${name}', identity: ${identity}, audience: ${audience}, closed: closed.closed${typeName}, open: open.open${typeName}, fields: ${fieldsOf(file, schemas)} };`;
};

const documentEntry = (file: SchemaFile, schemas: SchemaFile[]): string => {
  const { name, typeName } = file;
  return `export const ${constantName(file)}: DocumentContract<T.${typeName}> = { name: '${name}', closed: closed.closed${typeName}, open: open.open${typeName}, fields: ${fieldsOf(file, schemas)} };`;
};

/** One constant a contract: name, identity and both validators. */
export const renderContracts = (schemas: SchemaFile[]): string => {
  const entries = schemas
    .filter(({ kind }) => kind !== 'shared')
    .map((file) => (file.kind === 'events' ? eventEntry(file, schemas) : documentEntry(file, schemas)));
  return [
    BANNER,
    "import type { DocumentContract, EventContract } from '../contract.ts';",
    "import * as closed from './closed-validators.js';",
    "import * as open from './open-validators.js';",
    "import type * as T from './types.ts';",
    '',
    ...entries,
    '',
  ].join('\n');
};

/** Every contract by its name; kept apart, for it pulls all validators into a bundle. */
export const renderCatalogue = (schemas: SchemaFile[]): string => {
  const list = (kinds: string[]): string =>
    schemas
      .filter(({ kind }) => kinds.includes(kind))
      .map((file) => `  '${file.name}': c.${constantName(file)},`)
      .join('\n');
  return [
    BANNER,
    "import * as c from './contracts.ts';",
    '',
    `export const events = {\n${list(['events'])}\n} as const;`,
    '',
    `export const documents = {\n${list(['objects', 'api'])}\n} as const;`,
    '',
  ].join('\n');
};
