export { bundleSchema, type SchemaLookup } from './bundle-schema.ts';
export {
  changesContract,
  describeChange,
  isBreaking,
  type ChangeRule,
  type Hurt,
  type SchemaChange,
} from './change.ts';
export { compareSchemas } from './compare-schemas.ts';
export { type JsonSchema } from './json-schema.ts';
export { viewOf, type Place, type View } from './view.ts';
