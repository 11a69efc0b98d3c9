import { crc32 } from 'node:zlib';
import type { Growable } from '../bytes/growable.ts';

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

/** Reads JSON that this code wrote and a checksum covers. */
export const parseRecord = (json: Uint8Array): unknown => JSON.parse(Buffer.from(json).toString('utf8'));
