import type { JsonSchema, SchemaFile } from './load-schemas.ts';

/** As `Fields` of @alluvium/contracts. */
export type DeclaredFields = true | [DeclaredFields] | { [name: string]: DeclaredFields };

const merge = (parts: DeclaredFields[]): DeclaredFields => {
  const objects = parts.filter((part) => part !== true && !Array.isArray(part));
  return objects.length === 0 ? (parts[0] ?? true) : (Object.assign({}, ...objects) as DeclaredFields);
};

/** The fields that a schema declares, at every level; `schemas` are those that a $ref may name. */
export const declaredFields = (schema: JsonSchema, base: string, schemas: SchemaFile[]): DeclaredFields => {
  if (schema.$ref !== undefined) {
    const id = new URL(schema.$ref, base).href;
    const target = schemas.find((file) => file.schema.$id === id);
    if (target === undefined) throw new Error(`${base} names ${id}, which does not exist`);
    return declaredFields(target.schema, id, schemas);
  }
  if (schema.items !== undefined) return [declaredFields(schema.items, base, schemas)];
  const variants = ['oneOf', 'allOf'].flatMap((group) => (schema[group] as JsonSchema[] | undefined) ?? []);
  const inner = variants.map((variant) => declaredFields(variant, base, schemas));
  if (schema.properties === undefined) return merge(inner);
  const own = Object.entries(schema.properties).map(([name, property]) => [
    name,
    declaredFields(property, base, schemas),
  ]);
  return merge([...inner, Object.fromEntries(own) as DeclaredFields]);
};
