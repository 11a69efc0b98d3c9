import type { DeltaDocument } from '../delta/delta.ts';
import { dequantize } from '../delta/int8-rows.ts';
import { unpackOrdinals } from '../segment/dead-documents.ts';
import { parseChunk } from '../segment/payload-records.ts';
import { SegmentContents, type ContentRow } from '../segment/segment-contents.ts';
import { ordinalsOf } from '../segment/segment-format.ts';
import { readImmutable } from '../store/immutable-objects.ts';
import type { ObjectStore } from '../store/object-store.ts';
import type { SnapshotIndex } from './manifest.ts';

const chunkOf = (contents: SegmentContents, { row, record }: ContentRow): DeltaDocument['chunks'][number] => {
  const [chunkId, ordinal, start, end, text] = parseChunk(record);
  const { components, scale, floats } = contents.vector(row);
  if (floats) return { chunkId, ordinal, start, end, text, vector: floats, keepsFloats: true };
  const vector = new Float32Array(contents.dims);
  dequantize(components, scale, vector);
  return { chunkId, ordinal, start, end, text, vector };
};

/**
 * Every living document and tombstone of a snapshot with its vectors, as it came or, where only that was kept, as it was quantized.
 * Holds one segment in memory. Errors: OBJECT_MISSING, OBJECT_CORRUPT, SEGMENT_CORRUPT.
 */
export const readDocuments = async function* (
  store: ObjectStore,
  { model, segments }: SnapshotIndex,
): AsyncGenerator<DeltaDocument> {
  for (const descriptor of segments) {
    const contents = new SegmentContents((await readImmutable(store, descriptor)).body, model.dims);
    const dead = new Set(unpackOrdinals(descriptor.dead?.ordinals ?? '', ordinalsOf(descriptor)));
    for (let ordinal = 0; ordinal < contents.documents; ordinal += 1) {
      if (dead.has(ordinal)) continue;
      const { record, rows } = contents.document(ordinal);
      const { deletedAtMs: _deletedAtMs, ...shape } = record;
      yield { ...shape, chunks: rows.map((row) => chunkOf(contents, row)) };
    }
  }
};
