import { sha256Hex } from '@alluvium/contracts';
import { setImmediate as yieldToEvents } from 'node:timers/promises';
import type { DeltaChunk, DeltaDocument } from '../delta/delta.ts';
import { quantize } from '../delta/int8-rows.ts';
import type { RowTerms } from '../lexical/postings.ts';
import { SegmentBuilder, type SegmentRow } from '../segment/segment-builder.ts';
import { chunkIdOf, termsOfRow, type SegmentContents } from '../segment/segment-contents.ts';
import {
  SEGMENT_FORMAT,
  type ChunkRecord,
  type DocumentRecord,
  type SegmentCounts,
  type SegmentDescriptor,
} from '../segment/segment-format.ts';
import { countDocument, newTally, type Tally } from '../segment/verify-segment.ts';
import { segmentKey } from '../snapshot/index-paths.ts';
import { putImmutable } from '../store/immutable-objects.ts';
import type { ObjectStore } from '../store/object-store.ts';

/** Between two of these the event loop turns, so that the lease is renewed. */
const YIELD_DOCUMENTS = 500;

/** Counts and setHash follow from the old ones by what was added and taken away; reading back must give the same. */
export interface MergeResult {
  segments: SegmentDescriptor[];
  counts: SegmentCounts;
  setHash: string;
  /** The segments that are new, and what was put into them. */
  written: { segments: SegmentDescriptor[]; counts: SegmentCounts; setHash: string };
}

/** Where segments go and how large they become. */
export interface SegmentTarget {
  store: ObjectStore;
  indexPath: string;
  dims: number;
  segmentBytes: number;
  /** Goes into the names of the objects. */
  publishId: string;
}

const lexicalText = (title: string, { text }: DeltaChunk): string =>
  // Chunkers may put the title before the text; it must not count twice.
  text.startsWith(title) ? text : `${title}\n${text}`;

const unit = (vector: Float32Array): Float32Array => {
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
};

/** Writes segments one after the other, each when it is full; keeps one in memory. `tally` counts what was written. */
export class SegmentWriter {
  readonly written: SegmentDescriptor[] = [];
  readonly tally = newTally();
  readonly #target: SegmentTarget;
  #builder: SegmentBuilder;
  #documents = 0;

  constructor(target: SegmentTarget) {
    this.#target = target;
    this.#builder = new SegmentBuilder(target.dims);
  }

  /** Adds a document as a delta brought it. */
  async addChange({ chunks, ...shape }: DeltaDocument, nowMs: number): Promise<void> {
    const record: DocumentRecord = shape.deleted ? { ...shape, deletedAtMs: nowMs } : shape;
    const rows = chunks.map((chunk): SegmentRow => {
      const stored: ChunkRecord = [chunk.chunkId, chunk.ordinal, chunk.start, chunk.end, chunk.text];
      return {
        record: Buffer.from(JSON.stringify(stored)),
        ...quantize(chunk.vector, this.#target.dims),
        ...(chunk.keepsFloats && { floats: unit(chunk.vector) }),
        terms: this.#builder.termsOf(lexicalText(shape.title, chunk)),
      };
    });
    await this.#add(
      record,
      rows,
      chunks.map(({ chunkId }) => chunkId),
    );
  }

  /** Copies the documents of a segment that `isKept` lets through. */
  async copy(
    contents: SegmentContents,
    isKept: (ordinal: number, record: DocumentRecord) => boolean,
  ): Promise<void> {
    const lexicon = await contents.lexicon();
    for (let ordinal = 0; ordinal < contents.documents; ordinal += 1) {
      const { record, rows } = contents.document(ordinal);
      if (!isKept(ordinal, record)) continue;
      const copied = rows.map(({ row, record: stored }): SegmentRow => ({
        record: stored,
        ...contents.vector(row),
        terms: this.#renumber(termsOfRow(lexicon, row), lexicon.terms),
      }));
      await this.#add(
        record,
        copied,
        rows.map((row) => chunkIdOf(row.record)),
      );
    }
  }

  // Terms keep their text but not their id from segment to segment.
  #renumber({ terms, ...rest }: RowTerms, names: readonly string[]): RowTerms {
    return { ...rest, terms: terms.map((term) => this.#builder.termId(names[term] ?? '')) };
  }

  async #add(
    record: DocumentRecord,
    rows: readonly SegmentRow[],
    chunkIds: readonly string[],
  ): Promise<void> {
    this.#builder.addDocument(record, rows);
    countDocument(this.tally, record, { chunkIds, sign: 1 });
    this.#documents += 1;
    if (this.#documents % YIELD_DOCUMENTS === 0) await yieldToEvents();
    if (this.#builder.sizeBytes >= this.#target.segmentBytes) await this.flush();
  }

  /** Writes what is left. Errors: those of the store. */
  async flush(): Promise<void> {
    if (this.#builder.isEmpty) return;
    const { bytes, planes, description } = await this.#builder.finish();
    this.#builder = new SegmentBuilder(this.#target.dims);
    const { store, indexPath, publishId } = this.#target;
    const key = segmentKey(indexPath, { sha256: sha256Hex(bytes), publishId });
    const pointer = await putImmutable(store, key, bytes);
    this.written.push({ ...pointer, version: SEGMENT_FORMAT.version, ...description, planes });
  }

  /** Writes what is left; the snapshot of `staying` segments and those written, with `books` for counts and hash. Errors: those of the store. */
  async result(staying: readonly SegmentDescriptor[], books: Tally): Promise<MergeResult> {
    await this.flush();
    const { counts, setHash } = this.tally;
    return {
      segments: [...staying, ...this.written],
      counts: books.counts,
      setHash: books.setHash.toString(),
      written: { segments: this.written, counts, setHash: setHash.toString() },
    };
  }
}
