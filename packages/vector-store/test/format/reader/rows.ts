import { crc32 } from 'node:zlib';
import { Cursor, json, refuse } from './bytes.ts';
import type { StoredSegment } from './index-objects.ts';

/** A row of plane `rows`. */
export interface Row {
  components: number[];
  scale: number;
  document: number;
  chunk: { offset: number; length: number };
}

export interface DocumentRecord {
  documentId: string;
  entity: string;
  entityId: string;
  title: string;
  deleted: boolean;
  modified?: string;
  attributes: Record<string, unknown>;
  revision: { fence: number; sequence: number; contentHash: string };
}

export type ChunkRecord = [chunkId: string, ordinal: number, start: number, end: number, text: string];

export const planeOf = ({ planes }: StoredSegment, name: string): Uint8Array => {
  const plane = planes.get(name);
  if (plane) return plane;
  throw refuse(name, 'it is missing');
};

export const readRows = (segment: StoredSegment, dims: number): Row[] => {
  const plane = planeOf(segment, 'rows');
  const stride = Math.ceil((dims + 28) / 16) * 16;
  return Array.from({ length: segment.descriptor.chunks }, (_, row) => {
    const bytes = plane.subarray(row * stride, (row + 1) * stride);
    const cursor = new Cursor(bytes);
    const components = cursor.list(dims, () => cursor.i8());
    const scale = cursor.f32();
    const document = cursor.u32();
    const chunk = { offset: cursor.u32(), length: cursor.u32() };
    cursor.bytes(stride - dims - 20);
    if (cursor.u32() !== crc32(bytes.subarray(0, stride - 4))) throw refuse('rows', `row ${row} is damaged`);
    return { components, scale, document, chunk };
  });
};

/** Kept floats of a row, if the segment has any. */
export const floatsOf = ({ planes }: StoredSegment, row: number, dims: number): number[] | undefined => {
  const plane = planes.get('floats');
  const cursor = plane && new Cursor(plane, row * dims * 4);
  return cursor?.list(dims, () => cursor.f32());
};

const recordAt = (payload: Uint8Array, at: number): { value: unknown; end: number } => {
  const cursor = new Cursor(payload, at);
  const [length, sum] = [cursor.u32(), cursor.u32()];
  const text = cursor.bytes(length);
  if (crc32(text) !== sum) throw refuse('payload', `the record at ${at} is damaged`);
  return { value: json(text), end: at + 8 + length };
};

export const chunkOf = (segment: StoredSegment, { chunk }: Row): ChunkRecord =>
  recordAt(planeOf(segment, 'payload'), chunk.offset).value as ChunkRecord;

/** Every document of a segment with its chunks, dead ones too. */
export const readDocuments = (
  segment: StoredSegment,
): { document: DocumentRecord; chunks: ChunkRecord[] }[] => {
  const payload = planeOf(segment, 'payload');
  const cursor = new Cursor(planeOf(segment, 'documentOffsets'));
  const { documents, tombstones } = segment.descriptor;
  const offsets = cursor.list(documents + tombstones + 1, () => cursor.u32());
  return offsets.slice(0, -1).map((offset, ordinal) => {
    const records: unknown[] = [];
    for (let at = offset; at < (offsets[ordinal + 1] ?? 0);) {
      const { value, end } = recordAt(payload, at);
      records.push(value);
      at = end;
    }
    return { document: records[0] as DocumentRecord, chunks: records.slice(1) as ChunkRecord[] };
  });
};
