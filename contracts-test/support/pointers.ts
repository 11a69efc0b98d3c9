import {
  assertProduced,
  deltaV1,
  sha256Hex,
  type DocumentContract,
  type PointerV1,
} from '@alluvium/contracts';
import { documents } from '@alluvium/contracts/catalogue';
import { unpackRecords } from '@alluvium/lambda-kit';
import { decodeDelta } from '@alluvium/vector-store';
import { indexPathOf } from '@alluvium/contracts';
import { loadSchemas } from '../../tools/contracts/load-schemas.ts';

const contracts = documents as Record<string, DocumentContract<unknown>>;
const encodings = new Map(loadSchemas().map(({ name, schema }) => [name, schema['x-encoding']]));

const isPointer = (value: object): value is PointerV1 => 'contentSchema' in value && 'sha256' in value;

/** Every pointer in a value, at whatever depth. */
export const pointersIn = (value: unknown): PointerV1[] => {
  if (typeof value !== 'object' || value === null) return [];
  return isPointer(value) ? [value] : Object.values(value).flatMap(pointersIn);
};

const logicalDelta = (bytes: Uint8Array): unknown => {
  const { deltaId, collection, runId, attempt, part, model, documents: all } = decodeDelta(bytes);
  const index = { path: indexPathOf(collection, model.id, model.dims), modelId: model.id, dims: model.dims };
  const kept = all.map(({ documentId, revision, deleted }) => ({ documentId, revision, deleted }));
  return { deltaId, collection, runId, attempt, part, index, documents: kept };
};

/** The values that an object of this schema holds. */
export const contentOf = (contentSchema: string, bytes: Uint8Array): unknown[] => {
  const contract = contracts[contentSchema];
  if (contract === undefined) throw new Error(`There is no schema ${contentSchema}`);
  const encoding = encodings.get(contentSchema);
  if (encoding === 'jsonl+gzip') return unpackRecords(contract, bytes);
  if (encoding === 'json') return [JSON.parse(Buffer.from(bytes).toString('utf8'))];
  if (contentSchema === deltaV1.name) return [logicalDelta(bytes)];
  throw new Error(`Nobody here reads ${contentSchema}, which is ${String(encoding)}`);
};

/** Throws unless every value in the object is one that its producer may write; gives their number. */
export const assertContent = (contentSchema: string, bytes: Uint8Array): number => {
  const values = contentOf(contentSchema, bytes);
  for (const value of values) assertProduced(contracts[contentSchema]!, value);
  return values.length;
};

/** What is wrong with a pointer, given the bytes at its key. */
export const faultOf = (pointer: PointerV1, bytes: Uint8Array | undefined): string | undefined => {
  if (bytes === undefined) return `${pointer.key} is not there`;
  if (bytes.length !== pointer.bytes) return `${pointer.key} has ${bytes.length} bytes, not ${pointer.bytes}`;
  if (sha256Hex(bytes) !== pointer.sha256) return `${pointer.key} has another sha256`;
  const records = assertContent(pointer.contentSchema, bytes);
  return pointer.records === undefined || pointer.records === records
    ? undefined
    : `${pointer.key} has ${records} records, not ${pointer.records}`;
};
