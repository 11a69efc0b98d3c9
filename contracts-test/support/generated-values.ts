import { indexPathOf, type PointerV1 } from '@alluvium/contracts';
import { generateSync } from 'json-schema-faker';
import type { DeclaredFields } from '../../tools/contracts/declared-fields.ts';
import { eventSchema, exampleOf } from './schema-tree.ts';

type Fields = Record<string, unknown>;
type Schema = Parameters<typeof generateSync>[0];
export interface Detail {
  metadata: Fields;
  data: Fields;
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isPointer = (value: unknown): value is PointerV1 & Fields =>
  isFields(value) && 'contentSchema' in value;

// A pointer of ours: of the test's bucket, and naming what it names in the full example.
const aimPointers = (value: unknown, example: unknown): unknown => {
  if (!isFields(value)) return value;
  if (isPointer(value)) {
    const { contentSchema } = example as PointerV1;
    return { ...value, bucket: 'test-data', contentSchema, bytes: Math.min(value.bytes, 1000) };
  }
  const entries = Object.entries(value).map(([name, inner]) => [
    name,
    aimPointers(inner, (example as Fields | undefined)?.[name]),
  ]);
  return Object.fromEntries(entries) as unknown;
};

const indexOf = (data: Fields): Fields => {
  const index = data['index'] as { modelId: string; dims: number };
  const modelId = index.modelId.replaceAll('/', '-');
  return { ...index, modelId, path: indexPathOf(String(data['collection']), modelId, index.dims) };
};

/** What holds between fields and no schema of the dialect can say. */
const RELATIONS: Record<string, (data: Fields, example: Fields, service: string) => Fields> = {
  'documents.fetched.v1': (data) => {
    const key = `raw/${String(data['collection'])}/2026/03/01/${String(data['runId'])}/${String(data['part'])}.jsonl.gz`;
    return { ...data, raw: { ...(data['raw'] as PointerV1), key } };
  },
  'documents.derived.v1': (data, example) => {
    const { derived, ...rest } = data;
    return data['records'] === 0 ? rest : { ...rest, derived: derived ?? example['derived'] };
  },
  'ingestion.continued.v1': (data) => {
    const cursor = data['cursor'] as Fields;
    // The domain refuses a cursor in the middle of a run that it does not know.
    return { ...data, cursor: { ...cursor, part: 0 } };
  },
  'delta.created.v1': (data) => ({ ...data, index: indexOf(data) }),
  // An operation for another service is not heard.
  'operation.requested.v1': (data, _, service) => ({ ...data, target: service }),
  // What the levels above merge must be there.
  'merge.requested.v1': (data) => ({ ...data, index: indexOf(data), level: 1 }),
};

/** An event's detail whose pointers and related fields make sense to a service. */
export const sensible = (name: string, detail: Detail, service: string): Detail => {
  const example = exampleOf(name, 'full') as Detail;
  const data = aimPointers(detail.data, example.data) as Fields;
  return { ...detail, data: RELATIONS[name]?.(data, example.data, service) ?? data };
};

/** Values that the open schema of an event allows; the same ones every time. Every other one takes the known values alone. */
export const generatedDetails = (name: string, count: number, service: string): Detail[] => {
  const schema = eventSchema(name) as Schema;
  return Array.from({ length: count }, (_, index) => {
    const known = (value: unknown, values: unknown): unknown =>
      Array.isArray(values) && index % 2 === 0 ? (values[index % values.length] as unknown) : value;
    const options = { seed: index + 1, optionalsProbability: 0.5 };
    const value = generateSync(schema, {
      ...options,
      outputTransform: (generated, part) =>
        known(generated, typeof part === 'boolean' ? undefined : part['x-known-values']),
    });
    return sensible(name, value as Detail, service);
  });
};

const UNKNOWN = { aFieldOfTomorrow: { nested: [1, 'two', { three: null }] } };

/** The value with one more field in every object whose fields are declared; a free map may hold anything as it is. */
export const withUnknownFields = (value: unknown, fields: DeclaredFields): unknown => {
  if (fields === true) return value;
  if (Array.isArray(fields)) return (value as unknown[]).map((item) => withUnknownFields(item, fields[0]));
  const entries = Object.entries(value as Fields).map(([name, inner]) => [
    name,
    withUnknownFields(inner, fields[name] ?? true),
  ]);
  return { ...UNKNOWN, ...(Object.fromEntries(entries) as Fields) };
};
