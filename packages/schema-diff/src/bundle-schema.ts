import { PipelineError } from '@alluvium/contracts';
import { mapInner, type JsonSchema } from './json-schema.ts';

/** Finds a schema by its absolute `$id` or URL. */
export type SchemaLookup = (id: string) => JsonSchema | undefined;

/** `https://…/shared/pointer.v1.schema.json` -> `pointer.v1` */
const nameOf = (id: string): string => id.replace(/^.*\//, '').replace(/\.schema\.json$/, '');

/** Pointer of a fragment below the place its file got in the bundle. */
const placed = (place: string, fragment: string): string => `${place}${fragment.replace(/^#/, '')}`;

class Bundle {
  readonly defs: Record<string, JsonSchema> = {};
  readonly #lookup: SchemaLookup;
  readonly #rootId: string;

  constructor(rootId: string, lookup: SchemaLookup) {
    this.#rootId = rootId;
    this.#lookup = lookup;
  }

  /** `schema`, which lies at `place` of the bundle and came from `base`, with all its references turned inwards. */
  localized(schema: JsonSchema, base: string, place: string): JsonSchema {
    if (schema.$ref !== undefined) return { ...schema, $ref: this.#localRef(schema.$ref, base, place) };
    return mapInner(schema, (inner) => this.localized(inner, base, place));
  }

  #localRef(ref: string, base: string, place: string): string {
    if (ref.startsWith('#')) return placed(place, ref);
    const target = new URL(ref, base);
    const fragment = target.hash;
    target.hash = '';
    if (target.href === this.#rootId) return placed('#', fragment);
    return placed(`#/$defs/${this.#include(target.href)}`, fragment);
  }

  #include(id: string): string {
    const name = nameOf(id);
    if (name in this.defs) return name;
    const found = this.#lookup(id);
    if (found === undefined) {
      throw new PipelineError(`${nameOf(this.#rootId)} refers to ${id}, which does not exist`, {
        code: 'SCHEMA_REF_UNKNOWN',
        kind: 'invalid',
        details: { id },
      });
    }
    // The name is taken before the body is read: files may refer to each other in a circle.
    this.defs[name] = {};
    const { $schema: _dialect, $id: _id, ...body } = found;
    this.defs[name] = this.localized(body, id, `#/$defs/${name}`);
    return name;
  }
}

/**
 * A self-contained copy of `schema`: whatever it refers to lies under `$defs`, by file name.
 * References are resolved against `base`, by default the schema's `$id`.
 * @throws SCHEMA_REF_UNKNOWN when `lookup` does not know a referenced schema, SCHEMA_NAME_TAKEN when a file has the name of a definition.
 */
export const bundleSchema = (
  schema: JsonSchema,
  lookup: SchemaLookup,
  base = schema.$id ?? 'schema:/',
): JsonSchema => {
  const bundle = new Bundle(base, lookup);
  const localized = bundle.localized(schema, base, '#');
  const own = Object.keys(localized.$defs ?? {}).find((name) => name in bundle.defs);
  if (own !== undefined) {
    throw new PipelineError(`${nameOf(base)} defines ${own} itself and refers to a file of that name`, {
      code: 'SCHEMA_NAME_TAKEN',
      kind: 'invalid',
      details: { name: own },
    });
  }
  const defs = { ...localized.$defs, ...bundle.defs };
  return Object.keys(defs).length === 0 ? localized : { ...localized, $defs: defs };
};
