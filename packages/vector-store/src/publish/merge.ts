import { sha256Hex } from '@alluvium/contracts';
import { setImmediate as yieldToEvents } from 'node:timers/promises';
import { HISTORY_HORIZON_MS } from './applied-deltas.ts';
import type { DeltaChunk, DeltaDocument } from '../delta/delta.ts';
import { supersedes } from '../delta/fold.ts';
import { putImmutable, readImmutable } from '../store/immutable-objects.ts';
import { segmentKey } from '../snapshot/index-paths.ts';
import { quantize } from '../delta/int8-rows.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { SegmentBuilder, type SegmentRow } from '../segment/segment-builder.ts';
import { SegmentContents } from '../segment/segment-contents.ts';
import type {
  ChunkRecord,
  DocumentRecord,
  SegmentCounts,
  SegmentDescriptor,
} from '../segment/segment-format.ts';
import { documentMember, SetHash } from './set-hash.ts';

/** Objects larger than this are begun anew. */
const SEGMENT_BYTES = 150_000_000;
/** Between two of these the event loop turns, so that the lease is renewed. */
const YIELD_DOCUMENTS = 500;

export interface MergeInput {
  store: ObjectStore;
  indexPath: string;
  dims: number;
  nowMs: number;
  /** What the old snapshot holds. */
  before: { segments: readonly SegmentDescriptor[]; counts: SegmentCounts; setHash: string };
  /** Standing states from the deltas, by documentId; entries are taken out as they are written. */
  changes: Map<string, DeltaDocument>;
  segmentBytes?: number;
}

/** Counts and setHash follow from the old ones by what was added and taken away; reading back must give the same. */
export interface MergeResult {
  segments: SegmentDescriptor[];
  counts: SegmentCounts;
  setHash: string;
}

/** Writes segments one after the other and keeps the books. */
class MergeWriter {
  readonly segments: SegmentDescriptor[] = [];
  readonly counts: SegmentCounts;
  readonly setHash: SetHash;
  readonly #input: MergeInput;
  builder = new SegmentBuilder();

  constructor(input: MergeInput) {
    this.#input = input;
    this.counts = { ...input.before.counts };
    this.setHash = new SetHash(input.before.setHash);
  }

  record(record: DocumentRecord, chunkIds: readonly string[], sign: 1 | -1): void {
    if (record.deleted) {
      this.counts.tombstones += sign;
      return;
    }
    this.counts.documents += sign;
    this.counts.chunks += sign * chunkIds.length;
    if (sign === 1) this.setHash.add(documentMember(record, chunkIds));
    else this.setHash.remove(documentMember(record, chunkIds));
  }

  async flush(leastBytes: number): Promise<void> {
    if (this.builder.isEmpty || this.builder.sizeBytes < leastBytes) return;
    const { bytes, planes, counts } = this.builder.finish();
    this.builder = new SegmentBuilder();
    const { store, indexPath } = this.#input;
    const pointer = await putImmutable(store, segmentKey(indexPath, sha256Hex(bytes)), bytes);
    this.segments.push({ ...pointer, ...counts, planes });
  }
}

// Terms keep their text but not their id from segment to segment.
const termMapper = (contents: SegmentContents) => {
  let target: SegmentBuilder | undefined;
  let ids = new Int32Array(0);
  return (builder: SegmentBuilder, terms: Uint32Array): Uint32Array => {
    if (builder !== target) {
      target = builder;
      ids = new Int32Array(contents.terms.length).fill(-1);
    }
    return terms.map((term) => {
      const known = ids[term] ?? -1;
      const id = known >= 0 ? known : builder.termId(contents.terms.get(term));
      ids[term] = id;
      return id;
    });
  };
};

const copiedRows = function* (
  contents: SegmentContents,
  document: number,
  mapTerms: (terms: Uint32Array) => Uint32Array,
): Generator<SegmentRow> {
  const [from, to] = contents.rowsOf(document);
  for (let row = from; row < to; row += 1) {
    const terms = contents.rowTerms(row);
    yield {
      chunkId: contents.chunkId(row),
      record: contents.rowRecord(row, document),
      ...contents.vector(row),
      terms: { ...terms, terms: mapTerms(terms.terms) },
    };
  }
};

const lexicalText = (title: string, { text }: DeltaChunk): string =>
  // Chunkers may put the title before the text; it must not count twice.
  text.startsWith(title) ? text : `${title}\n${text}`;

const newRows = function* (
  { title, chunks }: DeltaDocument,
  builder: SegmentBuilder,
  dims: number,
): Generator<SegmentRow> {
  for (const chunk of chunks) {
    const record: ChunkRecord = [chunk.chunkId, chunk.ordinal, chunk.start, chunk.end, chunk.text];
    yield {
      chunkId: chunk.chunkId,
      record: Buffer.from(JSON.stringify(record)),
      ...quantize(chunk.vector, dims),
      terms: builder.termsOf(lexicalText(title, chunk)),
    };
  }
};

const copySegment = async (
  input: MergeInput,
  writer: MergeWriter,
  descriptor: SegmentDescriptor,
): Promise<void> => {
  const contents = new SegmentContents((await readImmutable(input.store, descriptor)).body);
  const mapTerms = termMapper(contents);
  for (let document = 0; document < contents.documents; document += 1) {
    if (document % YIELD_DOCUMENTS === 0) await yieldToEvents();
    const record = contents.document(document);
    const change = input.changes.get(record.documentId);
    const isExpired = record.deleted && (record.deletedAtMs ?? 0) < input.nowMs - HISTORY_HORIZON_MS;
    const isSuperseded = change !== undefined && supersedes(change, record);
    if (!isSuperseded) input.changes.delete(record.documentId);
    if (isSuperseded || isExpired) {
      writer.record(record, contents.chunkIdsOf(document), -1);
      continue;
    }
    const builder = writer.builder;
    builder.addDocument(
      record,
      copiedRows(contents, document, (terms) => mapTerms(builder, terms)),
    );
    await writer.flush(input.segmentBytes ?? SEGMENT_BYTES);
  }
};

const writeChanges = async (input: MergeInput, writer: MergeWriter): Promise<void> => {
  // In an order of their own: the same content gives the same objects, however the deltas came.
  const ids = [...input.changes.keys()].sort();
  for (const [index, id] of ids.entries()) {
    if (index % YIELD_DOCUMENTS === 0) await yieldToEvents();
    const document = input.changes.get(id);
    if (!document) continue;
    input.changes.delete(id);
    const { chunks, ...shape } = document;
    const record: DocumentRecord = document.deleted ? { ...shape, deletedAtMs: input.nowMs } : shape;
    writer.builder.addDocument(record, newRows(document, writer.builder, input.dims));
    writer.record(
      record,
      chunks.map(({ chunkId }) => chunkId),
      1,
    );
    await writer.flush(input.segmentBytes ?? SEGMENT_BYTES);
  }
};

/** Writes the segments of old snapshot and changes together. Errors: those of the store, SEGMENT_CORRUPT. */
export const mergeSegments = async (input: MergeInput): Promise<MergeResult> => {
  const writer = new MergeWriter(input);
  for (const descriptor of input.before.segments) await copySegment(input, writer, descriptor);
  await writeChanges(input, writer);
  await writer.flush(0);
  return { segments: writer.segments, counts: writer.counts, setHash: writer.setHash.toString() };
};
