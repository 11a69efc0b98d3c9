import type { ForeignRecord } from './read-record.ts';

type Row = Record<string, unknown>;

const META_OF_COLUMN: Record<string, string> = {
  document_id: 'documentId',
  entity_id: 'entityId',
  keeps_floats: 'keepsFloats',
};
const OWN_COLUMNS = new Set(['id', 'vector', 'fence', 'sequence', 'content_hash', 'modified_text']);

const isSet = (value: unknown): boolean => value !== undefined && value !== null;

// What JSON would have said.
const plain = (value: unknown): unknown => {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (value instanceof Date) return value.toISOString();
  if (ArrayBuffer.isView(value)) return Array.from(value as Uint8Array, plain);
  if (Array.isArray(value)) return value.map(plain);
  return value;
};

const isOurs = (row: Row): boolean => ['fence', 'sequence', 'content_hash'].every((name) => isSet(row[name]));

const parseAttributes = (value: unknown): unknown => {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    // Said to be wrong, with its row, by whoever checks the record.
    return value;
  }
};

const revisionOf = (row: Row) => ({
  fence: plain(row['fence']),
  sequence: plain(row['sequence']),
  contentHash: row['content_hash'],
});

/** A row by column as a record, not checked yet. In files of others, the columns of a revision are attributes like any other. */
export const recordOfRow = (place: string, row: Row): ForeignRecord => {
  const ours = isOurs(row);
  const meta: Row = Object.fromEntries(
    Object.entries(row)
      .filter(
        ([name, value]) => isSet(value) && (ours ? !OWN_COLUMNS.has(name) : !['id', 'vector'].includes(name)),
      )
      .map(([name, value]) => [META_OF_COLUMN[name] ?? name, plain(value)]),
  );
  if (ours) meta['revision'] = revisionOf(row);
  if (isSet(row['modified_text'])) meta['modified'] = row['modified_text'];
  if (isSet(row['attributes'])) meta['attributes'] = parseAttributes(row['attributes']);
  return { place, id: row['id'], vector: row['vector'] ?? null, meta };
};
