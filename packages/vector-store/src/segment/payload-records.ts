import { crc32 } from 'node:zlib';
import type { Growable } from '../bytes/growable.ts';
import { isCount, isRecord, isText } from '../bytes/json-shapes.ts';
import { documentFault } from '../delta/document-shape.ts';
import { corruptObject } from '../store/store-errors.ts';
import type { ChunkRecord, DocumentRecord } from './segment-format.ts';

/** Plane `payload`: records back to back, each u32 length of what follows, u32 crc32 of the text, text (JSON). */
const HEADER_BYTES = 8;

/** Where a record lies, its header included. */
export interface RecordRange {
  offset: number;
  length: number;
}

/** Appends a record. */
export const pushRecord = (target: Growable<Uint8Array>, json: Uint8Array): RecordRange => {
  const offset = target.length;
  const header = new Uint8Array(HEADER_BYTES);
  const view = new DataView(header.buffer);
  view.setUint32(0, json.length, true);
  view.setUint32(4, crc32(json), true);
  target.append(header);
  target.append(json);
  return { offset, length: HEADER_BYTES + json.length };
};

/** The text of a record that fills `bytes`, checked; undefined when it is not what was written. */
export const openRecord = (bytes: Uint8Array): Uint8Array | undefined => {
  if (bytes.length < HEADER_BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const json = bytes.subarray(HEADER_BYTES);
  return view.getUint32(0, true) === json.length && view.getUint32(4, true) === crc32(json)
    ? json
    : undefined;
};

/** The records that fill `bytes`, in order; undefined when they do not. */
export const splitRecords = (bytes: Uint8Array): Uint8Array[] | undefined => {
  const records: Uint8Array[] = [];
  let offset = 0;
  while (offset < bytes.length) {
    if (offset + HEADER_BYTES > bytes.length) return undefined;
    const view = new DataView(bytes.buffer, bytes.byteOffset + offset);
    const end = offset + HEADER_BYTES + view.getUint32(0, true);
    const json = end > bytes.length ? undefined : openRecord(bytes.subarray(offset, end));
    if (!json) return undefined;
    records.push(json);
    offset = end;
  }
  return records;
};

/** The error for a record that a checksum covers and that is none all the same. */
type Refuse = (what: string) => Error;

const refuseRecord: Refuse = (what) =>
  corruptObject('SEGMENT_CORRUPT', `A record of a segment is corrupt in plane payload: ${what}`, {
    plane: 'payload',
  });

/** Reads JSON. Error: what `refuse` gives, by default SEGMENT_CORRUPT. */
export const parseRecord = (json: Uint8Array, refuse: Refuse = refuseRecord): unknown => {
  try {
    return JSON.parse(Buffer.from(json.buffer, json.byteOffset, json.length).toString('utf8'));
  } catch {
    throw refuse('a record is no JSON');
  }
};

/** Reads the record of a document. Error: what `refuse` gives, by default SEGMENT_CORRUPT. */
export const parseDocument = (json: Uint8Array, refuse: Refuse = refuseRecord): DocumentRecord => {
  const record = parseRecord(json, refuse);
  const fault = documentFault(isRecord(record) ? { ...record, chunks: [] } : record);
  if (fault !== undefined) throw refuse(`a document: ${fault}`);
  const { deletedAtMs = 0 } = record as DocumentRecord;
  if (!Number.isFinite(deletedAtMs)) throw refuse('a tombstone has no time');
  return record as DocumentRecord;
};

const isChunk = (record: unknown): record is ChunkRecord => {
  if (!Array.isArray(record)) return false;
  const [chunkId, ordinal, start, end, text] = record as unknown[];
  return isText(chunkId) && isText(text) && [ordinal, start, end].every(isCount);
};

/** Reads the record of a chunk. Error: what `refuse` gives, by default SEGMENT_CORRUPT. */
export const parseChunk = (json: Uint8Array, refuse: Refuse = refuseRecord): ChunkRecord => {
  const record = parseRecord(json, refuse);
  if (isChunk(record)) return record;
  throw refuse('a chunk has another shape');
};
