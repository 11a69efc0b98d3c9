import type { SchemaElement } from 'hyparquet';
import type { ExchangeRecord } from './exchange-record.ts';

/** A column as it is stored, and its value for a record; `undefined` is stored as null. */
export interface ParquetColumn {
  name: string;
  schema: SchemaElement[];
  valueOf: (record: ExchangeRecord) => unknown;
}

type Kind = Pick<SchemaElement, 'type' | 'converted_type'>;

const TEXT: Kind = { type: 'BYTE_ARRAY', converted_type: 'UTF8' };
const WHOLE: Kind = { type: 'INT64' };
const TIME: Kind = { type: 'INT64', converted_type: 'TIMESTAMP_MILLIS' };
const FLAG: Kind = { type: 'BOOLEAN' };

const column = (
  name: string,
  kind: Kind,
  repetition_type: 'REQUIRED' | 'OPTIONAL',
  valueOf: ParquetColumn['valueOf'],
): ParquetColumn => ({ name, schema: [{ name, ...kind, repetition_type }], valueOf });

const whole = (value: number | undefined): bigint | undefined =>
  value === undefined ? undefined : BigInt(value);

const timeOf = ({ meta: { modified } }: ExchangeRecord): Date | undefined =>
  modified === undefined ? undefined : new Date(Date.parse(modified));

// A time loses its offset and what lies below a millisecond; this column gives them back.
const modifiedText = (record: ExchangeRecord): string | undefined => {
  const { modified } = record.meta;
  return modified === timeOf(record)?.toISOString() ? undefined : modified;
};

const VECTOR: ParquetColumn = {
  name: 'vector',
  schema: [
    { name: 'vector', converted_type: 'LIST', repetition_type: 'OPTIONAL', num_children: 1 },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    { name: 'element', type: 'FLOAT', repetition_type: 'REQUIRED' },
  ],
  valueOf: ({ vector }) => (vector === null ? undefined : Array.from(vector)),
};

/** The columns of a file of ours. */
export const PARQUET_COLUMNS: readonly ParquetColumn[] = [
  column('id', TEXT, 'REQUIRED', ({ id }) => id),
  column('document_id', TEXT, 'REQUIRED', ({ meta }) => meta.documentId),
  column('source', TEXT, 'REQUIRED', ({ meta }) => meta.source),
  column('entity', TEXT, 'REQUIRED', ({ meta }) => meta.entity),
  column('entity_id', TEXT, 'REQUIRED', ({ meta }) => meta.entityId),
  column('title', TEXT, 'REQUIRED', ({ meta }) => meta.title),
  column('url', TEXT, 'OPTIONAL', ({ meta }) => meta.url),
  column('modified', TIME, 'OPTIONAL', timeOf),
  column('modified_text', TEXT, 'OPTIONAL', modifiedText),
  column('attributes', TEXT, 'REQUIRED', ({ meta }) => JSON.stringify(meta.attributes)),
  column('fence', WHOLE, 'REQUIRED', ({ meta }) => whole(meta.revision.fence)),
  column('sequence', WHOLE, 'REQUIRED', ({ meta }) => whole(meta.revision.sequence)),
  column('content_hash', TEXT, 'REQUIRED', ({ meta }) => meta.revision.contentHash),
  column('deleted', FLAG, 'REQUIRED', ({ meta }) => meta.deleted ?? false),
  column('ordinal', WHOLE, 'OPTIONAL', ({ meta }) => whole(meta.ordinal)),
  column('start', WHOLE, 'OPTIONAL', ({ meta }) => whole(meta.start)),
  column('end', WHOLE, 'OPTIONAL', ({ meta }) => whole(meta.end)),
  column('keeps_floats', FLAG, 'REQUIRED', ({ meta }) => meta.keepsFloats ?? false),
  column('text', TEXT, 'OPTIONAL', ({ meta }) => meta.text),
  VECTOR,
];
