import { requirePlane, unpackContainer } from '../bytes/container.ts';
import { transpose, forEachPosting, type RowTerms, type SparseRows } from '../lexical/postings.ts';
import {
  documentRecordIndex,
  rowRecordIndex,
  SEGMENT_FORMAT,
  type ChunkRecord,
  type DocumentRecord,
} from './segment-format.ts';
import { StringTable } from '../bytes/string-table.ts';
import { float32sOf, int8sOf, uint32sOf } from '../bytes/typed-bytes.ts';

/** A whole segment in memory, every byte checked: what merge and verification read. */
export class SegmentContents {
  readonly documents: number;
  readonly rows: number;
  readonly dims: number;
  readonly terms: StringTable;
  readonly #planes: ReadonlyMap<string, Uint8Array>;
  readonly #firstRow: Uint32Array;
  readonly #recordOffset: Uint32Array;
  readonly #components: Int8Array;
  readonly #scales: Float32Array;
  readonly #rowLength: Uint32Array;
  readonly #payload: Uint8Array;
  readonly #chunkIds: StringTable;
  #forward: SparseRows | undefined;

  /** Errors: SEGMENT_CORRUPT, FORMAT_UNSUPPORTED. */
  constructor(bytes: Uint8Array) {
    this.#planes = unpackContainer(SEGMENT_FORMAT, bytes);
    this.#firstRow = this.#uint32s('documentFirstRow');
    this.#recordOffset = this.#uint32s('recordOffset');
    this.#rowLength = this.#uint32s('rowLength');
    this.#components = int8sOf(this.#plane('rows'));
    this.#scales = float32sOf(this.#plane('scales'));
    this.#payload = this.#plane('payload');
    this.#chunkIds = new StringTable(this.#plane('chunkIds'));
    this.terms = new StringTable(this.#plane('terms'));
    this.documents = this.#firstRow.length - 1;
    this.rows = this.#scales.length;
    this.dims = this.rows === 0 ? 0 : this.#components.length / this.rows;
  }

  #plane(name: string): Uint8Array {
    return requirePlane(SEGMENT_FORMAT, this.#planes, name);
  }

  #uint32s(name: string): Uint32Array {
    return uint32sOf(this.#plane(name));
  }

  #record(index: number): Uint8Array {
    return this.#payload.subarray(this.#recordOffset[index], this.#recordOffset[index + 1]);
  }

  document(document: number): DocumentRecord {
    const [firstRow] = this.rowsOf(document);
    const record = this.#record(documentRecordIndex(document, firstRow));
    return JSON.parse(Buffer.from(record).toString('utf8')) as DocumentRecord;
  }

  /** First and last (exclusive) row of a document. */
  rowsOf(document: number): [number, number] {
    return [this.#firstRow[document] ?? 0, this.#firstRow[document + 1] ?? 0];
  }

  chunkId(row: number): string {
    return this.#chunkIds.get(row);
  }

  chunkIdsOf(document: number): string[] {
    const [from, to] = this.rowsOf(document);
    return Array.from({ length: to - from }, (_, index) => this.chunkId(from + index));
  }

  /** The ChunkRecord as stored. */
  rowRecord(row: number, document: number): Uint8Array {
    return this.#record(rowRecordIndex(row, document));
  }

  chunk(row: number, document: number): ChunkRecord {
    return JSON.parse(Buffer.from(this.rowRecord(row, document)).toString('utf8')) as ChunkRecord;
  }

  vector(row: number): { components: Int8Array; scale: number } {
    const components = this.#components.subarray(row * this.dims, (row + 1) * this.dims);
    return { components, scale: this.#scales[row] ?? 0 };
  }

  /** Terms of a row, by their position in `terms`. */
  rowTerms(row: number): RowTerms {
    this.#forward ??= this.#invert();
    const [from, to] = [this.#forward.offsets[row], this.#forward.offsets[row + 1]];
    return {
      terms: this.#forward.values.subarray(from, to),
      frequencies: this.#forward.frequencies.subarray(from, to),
      length: this.#rowLength[row] ?? 0,
    };
  }

  #invert(): SparseRows {
    const [termRows, termOffset, postings] = [
      this.#uint32s('termRows'),
      this.#uint32s('termOffset'),
      this.#plane('postings'),
    ];
    const offsets = new Uint32Array(termRows.length + 1);
    termRows.forEach((rows, term) => {
      offsets[term + 1] = (offsets[term] ?? 0) + rows;
    });
    const entries = offsets[termRows.length] ?? 0;
    const [values, frequencies] = [new Uint32Array(entries), new Uint16Array(entries)];
    let entry = 0;
    for (let term = 0; term < termRows.length; term += 1)
      forEachPosting(postings.subarray(termOffset[term], termOffset[term + 1]), (row, frequency) => {
        values[entry] = row;
        frequencies[entry] = frequency;
        entry += 1;
      });
    return transpose({ offsets, values, frequencies }, this.rows);
  }
}
