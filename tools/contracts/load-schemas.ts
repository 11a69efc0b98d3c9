import { readdirSync, readFileSync } from 'node:fs';
import type { JsonSchema } from '@alluvium/schema-diff';

export type { JsonSchema };

export type SchemaKind = 'events' | 'objects' | 'api' | 'shared';

/** One file of schemas/. */
export interface SchemaFile {
  kind: SchemaKind;
  /** `documents.derived.v1` */
  name: string;
  /** `DocumentsDerivedV1` */
  typeName: string;
  schema: JsonSchema;
}

const ROOT = new URL('../../schemas/', import.meta.url);
const KINDS: SchemaKind[] = ['shared', 'objects', 'events', 'api'];
const SUFFIX = '.schema.json';

const pascalCase = (name: string): string =>
  name.replace(/(?:^|[.-])([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** Contract and examples exist, and nobody emits or consumes it yet. */
const isPlanned = ({ schema }: SchemaFile): boolean => schema['x-status'] === 'planned';

/** Reads every schema, the planned ones too, by kind and name. */
export const loadAllSchemas = (): SchemaFile[] =>
  KINDS.flatMap((kind) =>
    readdirSync(new URL(`${kind}/`, ROOT))
      .filter((file) => file.endsWith(SUFFIX))
      .sort()
      .map((file) => {
        const name = file.slice(0, -SUFFIX.length);
        const schema = JSON.parse(readFileSync(new URL(`${kind}/${file}`, ROOT), 'utf8')) as JsonSchema;
        return { kind, name, typeName: pascalCase(name), schema };
      }),
  );

/** The schemas in use: what code, documents and releases are made of. */
export const loadSchemas = (): SchemaFile[] => loadAllSchemas().filter((file) => !isPlanned(file));

/** The schemas that wait for a producer. */
export const loadPlannedSchemas = (): SchemaFile[] => loadAllSchemas().filter(isPlanned);

/** `DocumentsDerivedV1` -> `documentsDerivedV1` */
export const constantName = ({ typeName }: SchemaFile): string =>
  typeName.charAt(0).toLowerCase() + typeName.slice(1);
