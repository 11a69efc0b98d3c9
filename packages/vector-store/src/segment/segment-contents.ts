import { unpackContainer } from '../bytes/container.ts';
import { float32sOf, uint32sOf } from '../bytes/typed-bytes.ts';
import { readWholeLexicon, type LexicalRows } from '../lexical/lexicon.ts';
import type { RowTerms } from '../lexical/postings.ts';
import { corruptObject } from '../store/store-errors.ts';
import { parseChunk, parseDocument, splitRecords } from './payload-records.ts';
import type { PlaneReader } from './plane-reader.ts';
import { RowRecords } from './row-records.ts';
import { SEGMENT_FORMAT, type DocumentRecord } from './segment-format.ts';

/** A row of a whole segment. */
export interface ContentRow {
  row: number;
  /** Its ChunkRecord as stored. */
  record: Uint8Array;
}

const corrupt = (plane: string, offset: number, what: string): Error =>
  corruptObject('SEGMENT_CORRUPT', `The segment is corrupt in plane ${plane} at byte ${offset}: ${what}`, {
    plane,
    offset,
  });

const readerOf = (planes: ReadonlyMap<string, Uint8Array>): PlaneReader => {
  const planeOf = (name: string): Uint8Array => planes.get(name) ?? new Uint8Array();
  return {
    whole: (name) => Promise.resolve(planeOf(name)),
    ranges: (name, ranges) =>
      Promise.resolve(ranges.map(({ start, end }) => planeOf(name).subarray(start, end))),
    sizeOf: (name) => planeOf(name).length,
    corrupt,
  };
};

/** A whole segment in memory, every byte checked: what merge, export and verification read. */
export class SegmentContents {
  readonly documents: number;
  readonly rows: number;
  readonly dims: number;
  readonly #planes: ReadonlyMap<string, Uint8Array>;
  readonly #records: RowRecords;
  readonly #offsets: Uint32Array;
  readonly #floats: Float32Array | undefined;
  #rowsOf: Uint32Array[] | undefined;
  #lexicon: Promise<LexicalRows> | undefined;

  /** Errors: SEGMENT_CORRUPT, FORMAT_UNSUPPORTED. */
  constructor(bytes: Uint8Array, dims: number) {
    this.#planes = unpackContainer(SEGMENT_FORMAT, bytes);
    this.dims = dims;
    this.#records = new RowRecords(this.#plane('rows'), dims);
    this.#offsets = uint32sOf(this.#plane('documentOffsets'));
    const floats = this.#planes.get('floats');
    this.#floats = floats && float32sOf(floats);
    this.rows = this.#records.length;
    this.documents = this.#offsets.length - 1;
    if (this.#records.components.length !== this.rows * this.#records.stride)
      throw corrupt('rows', 0, `it does not hold whole rows of ${dims} dimensions`);
    if (this.#floats && this.#floats.length !== this.rows * dims)
      throw corrupt('floats', 0, `it does not hold ${this.rows} rows of ${dims} dimensions`);
    if (this.#plane('rowDocuments').length !== this.rows * 4)
      throw corrupt('rowDocuments', 0, `it does not hold ${this.rows} rows`);
    this.#assertOffsets();
  }

  #assertOffsets(): void {
    const offsets = this.#offsets;
    const wrong = offsets.findIndex((offset, document) => offset < (offsets[document - 1] ?? 0));
    if (wrong === -1 && offsets.at(-1) === this.#plane('payload').length) return;
    throw corrupt('documentOffsets', Math.max(0, wrong) * 4, 'it does not ascend to the end of payload');
  }

  #plane(name: string): Uint8Array {
    const plane = this.#planes.get(name);
    if (plane) return plane;
    throw corrupt(name, 0, 'it is missing');
  }

  /** A document, and its chunks in the order in which they were added. */
  document(document: number): { record: DocumentRecord; rows: ContentRow[] } {
    const [start = 0, end = 0] = [this.#offsets[document], this.#offsets[document + 1]];
    const [first, ...chunks] = splitRecords(this.#plane('payload').subarray(start, end)) ?? [];
    const rows = (this.#rowsOf ??= this.#groupRows())[document] ?? new Uint32Array();
    if (!first || rows.length !== chunks.length)
      throw corrupt('payload', start, `document ${document} does not have its ${rows.length} chunks`);
    return {
      record: parseDocument(first, (what) => corrupt('payload', start, what)),
      rows: chunks.map((record, index) => ({ row: rows[index] as number, record })),
    };
  }

  // Rows by document, in the order of their records in payload.
  #groupRows(): Uint32Array[] {
    const owners = uint32sOf(this.#plane('rowDocuments'));
    const groups = Array.from({ length: this.documents }, () => [] as number[]);
    owners.forEach((document, row) => {
      const group = groups[document];
      if (!group || this.#records.place(row).document !== document)
        throw corrupt('rowDocuments', row * 4, `row ${row} names document ${document}`);
      group.push(row);
    });
    const offsetOf = (row: number): number => this.#records.place(row).chunkOffset;
    return groups.map((rows) =>
      Uint32Array.from(rows.sort((left, right) => offsetOf(left) - offsetOf(right))),
    );
  }

  vector(row: number): { components: Int8Array; scale: number; floats?: Float32Array } {
    const { stride, components, scales } = this.#records;
    const [start, end] = [row * this.dims, (row + 1) * this.dims];
    return {
      components: components.subarray(row * stride, row * stride + this.dims),
      scale: scales[row] ?? 0,
      ...(this.#floats && { floats: this.#floats.subarray(start, end) }),
    };
  }

  /** Terms of all rows. */
  lexicon(): Promise<LexicalRows> {
    return (this.#lexicon ??= readWholeLexicon(readerOf(this.#planes), this.rows));
  }
}

/** Terms of a row, by their position among the terms of the lexicon. */
export const termsOfRow = ({ rows, rowLengths }: LexicalRows, row: number): RowTerms => {
  const [from, to] = [rows.offsets[row], rows.offsets[row + 1]];
  return {
    terms: rows.values.subarray(from, to),
    frequencies: rows.frequencies.subarray(from, to),
    length: rowLengths[row] ?? 0,
  };
};

/** Id of a stored chunk. */
export const chunkIdOf = (record: Uint8Array): string => parseChunk(record)[0];
