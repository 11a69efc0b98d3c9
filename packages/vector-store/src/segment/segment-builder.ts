import { setImmediate as yieldToEvents } from 'node:timers/promises';
import { packContainer, type PlaneRange } from '../bytes/container.ts';
import { Growable } from '../bytes/growable.ts';
import { bytesOf } from '../bytes/typed-bytes.ts';
import { FilterColumnsBuilder } from '../filters/filter-columns.ts';
import { buildZoneMaps } from '../filters/zone-maps.ts';
import { buildLexicalPlanes } from '../lexical/lexicon.ts';
import { rowTermsOf, type RowTerms, type SparseRows } from '../lexical/postings.ts';
import { TermNumbers } from '../lexical/term-numbers.ts';
import { calibrate } from './calibration.ts';
import { clusterRows, gatherRows, type Clustering } from './cluster-rows.ts';
import { meanOf, packClusters } from './cluster-plane.ts';
import { codeSpaceOf, packCodes } from './code-plane.ts';
import { documentKey } from './document-keys.ts';
import { pushRecord, type RecordRange } from './payload-records.ts';
import type { Plane } from './plane-reader.ts';
import { packRows } from './row-records.ts';
import { SEGMENT_FORMAT, type DocumentRecord, type SegmentDescriptor } from './segment-format.ts';
import type { Int8Rows } from '../kernel/vector-kernel.ts';

/** One chunk on its way into a segment. */
export interface SegmentRow {
  /** Its ChunkRecord as JSON. */
  record: Uint8Array;
  components: Int8Array;
  scale: number;
  /** The vector as the model gave it, of unit length, where it is kept. */
  floats?: Float32Array;
  /** With term ids of this builder. */
  terms: RowTerms;
}

/** All of a descriptor that the bytes themselves tell. */
export interface BuiltSegment {
  bytes: Uint8Array;
  planes: PlaneRange[];
  description: Omit<SegmentDescriptor, 'key' | 'sizeBytes' | 'sha256' | 'planes' | 'dead'>;
}

/** Takes documents one by one and makes a segment of them. Memory: about twice the segment. */
export class SegmentBuilder {
  readonly #dims: number;
  readonly #termNumbers = new TermNumbers();
  readonly #filters = new FilterColumnsBuilder();
  readonly #components = new Growable(Int8Array, 1 << 16);
  readonly #scales = new Growable(Float32Array);
  readonly #floats = new Map<number, Float32Array>();
  readonly #rowDocument = new Growable(Uint32Array);
  readonly #rowOffset = new Growable(Uint32Array);
  readonly #rowRecordLength = new Growable(Uint32Array);
  readonly #rowLength = new Growable(Uint32Array);
  readonly #rowTermOffsets = new Growable(Uint32Array);
  readonly #rowTerms = new Growable(Uint32Array, 1 << 14);
  readonly #rowFrequencies = new Growable(Uint16Array, 1 << 14);
  readonly #payload = new Growable(Uint8Array, 1 << 16);
  readonly #documentOffset = new Growable(Uint32Array);
  readonly #documentLength = new Growable(Uint32Array);
  readonly #documentKeys = new Growable(Uint8Array);
  #tombstones = 0;
  #terms = 0;

  constructor(dims: number) {
    this.#dims = dims;
  }

  /** About the size of the finished object. */
  get sizeBytes(): number {
    const perRow = 1.2 * this.#dims + 60;
    return (
      this.#payload.length +
      this.rows * perRow +
      this.#rowTerms.length * 4 +
      this.#floats.size * 4 * this.#dims
    );
  }

  get rows(): number {
    return this.#scales.length;
  }

  get isEmpty(): boolean {
    return this.#documentOffset.length === 0;
  }

  /** Id of a term in this builder. */
  termId(term: string): number {
    return this.#termNumbers.numberOf(term);
  }

  /** The terms of a text, for a row of this builder. */
  termsOf(text: string): RowTerms {
    return rowTermsOf(this.#termNumbers.numbersOf(text));
  }

  addDocument(record: DocumentRecord, rows: Iterable<SegmentRow>): void {
    const document = this.#documentOffset.length;
    const { offset, length } = pushRecord(this.#payload, Buffer.from(JSON.stringify(record)));
    this.#documentOffset.push(offset);
    this.#documentLength.push(length);
    this.#documentKeys.append(documentKey(record.documentId));
    this.#filters.add(document, record);
    if (record.deleted) this.#tombstones += 1;
    for (const row of rows) this.#addRow(row, document);
  }

  #addRow({ record, components, scale, floats, terms }: SegmentRow, document: number): void {
    if (floats) this.#floats.set(this.rows, floats);
    const { offset, length }: RecordRange = pushRecord(this.#payload, record);
    this.#components.append(components);
    this.#scales.push(scale);
    this.#rowDocument.push(document);
    this.#rowOffset.push(offset);
    this.#rowRecordLength.push(length);
    this.#rowLength.push(terms.length);
    this.#rowTermOffsets.push(this.#rowTerms.length);
    this.#rowTerms.append(terms.terms);
    this.#rowFrequencies.append(terms.frequencies);
    this.#terms += terms.length;
  }

  /** The finished object; the builder is of no further use. */
  async finish(): Promise<BuiltSegment> {
    const dims = this.#dims;
    const clustering = await clusterRows(this.#placedRows(), dims);
    const { order } = clustering;
    const rows = gatherRows(
      { components: this.#components.view(), scales: this.#scales.view() },
      dims,
      order,
    );
    const mean = meanOf(rows, dims);
    const space = codeSpaceOf(mean);
    const codes = packCodes(rows, space);
    const calibration = await calibrate({ rows, dims, clustering, codes, space });
    // Each takes part of a second in a large segment; between them the event loop turns, so that the lease is renewed.
    const packing: (() => Plane[])[] = [
      () => [{ name: 'clusters', bytes: packClusters(clustering, mean) }],
      () => [{ name: 'codes', bytes: codes }],
      () => [{ name: 'rows', bytes: this.#rowPlane(rows, order) }],
      () => this.#floatPlane(rows, order),
      () => this.#documentPlanes(clustering),
      () => this.#lexicalPlanes(order),
      () => [{ name: 'payload', bytes: this.#payload.view() }],
    ];
    const parts: Plane[] = [];
    for (const pack of packing) {
      parts.push(...pack());
      await yieldToEvents();
    }
    const { bytes, planes } = packContainer(SEGMENT_FORMAT, parts);
    const description = {
      documents: this.#documentOffset.length - this.#tombstones,
      chunks: this.rows,
      tombstones: this.#tombstones,
      terms: this.#terms,
      statistics: this.#filters.statistics(),
      ...(calibration && { calibration }),
    };
    return { bytes, planes, description };
  }

  // In memory of the kernel.
  #placedRows(): Int8Rows {
    const all = Uint32Array.from({ length: this.rows }, (_, row) => row);
    return gatherRows({ components: this.#components.view(), scales: this.#scales.view() }, this.#dims, all);
  }

  #rowPlane(rows: Int8Rows, order: Uint32Array): Uint8Array {
    const [documents, offsets, lengths] = [this.#rowDocument, this.#rowOffset, this.#rowRecordLength].map(
      (column) => column.view(),
    ) as [Uint32Array, Uint32Array, Uint32Array];
    const [documentOffsets, documentLengths] = [this.#documentOffset.view(), this.#documentLength.view()];
    return packRows(rows, this.#dims, (index) => {
      const row = order[index] as number;
      const document = documents[row] as number;
      return {
        document,
        chunkOffset: offsets[row] as number,
        chunkLength: lengths[row] as number,
        documentOffset: documentOffsets[document] as number,
        documentLength: documentLengths[document] as number,
      };
    });
  }

  #floatPlane({ components, scales }: Int8Rows, order: Uint32Array): Plane[] {
    if (this.#floats.size === 0) return [];
    const dims = this.#dims;
    const floats = new Float32Array(order.length * dims);
    order.forEach((row, index) => {
      const kept = this.#floats.get(row);
      if (kept) floats.set(kept, index * dims);
      else
        for (let dim = 0; dim < dims; dim += 1)
          floats[index * dims + dim] = (components[index * dims + dim] ?? 0) * (scales[index] ?? 0);
    });
    return [{ name: 'floats', bytes: bytesOf(floats) }];
  }

  #documentPlanes({ order, firstRow }: Clustering): Plane[] {
    const rowDocuments = order.map((row) => this.#rowDocument.view()[row] as number);
    const ends = new Growable(Uint32Array, this.#documentOffset.length + 1);
    ends.append(this.#documentOffset.view());
    ends.push(this.#payload.length);
    return [
      { name: 'rowDocuments', bytes: bytesOf(rowDocuments) },
      { name: 'documentOffsets', bytes: bytesOf(ends.view()) },
      { name: 'documentKeys', bytes: this.#documentKeys.view() },
      buildZoneMaps(firstRow, rowDocuments, this.#filters.columns()),
      ...this.#filters.planes(),
    ];
  }

  #lexicalPlanes(order: Uint32Array): Plane[] {
    this.#rowTermOffsets.push(this.#rowTerms.length);
    const [offsets, terms, frequencies] = [
      this.#rowTermOffsets.view(),
      this.#rowTerms.view(),
      this.#rowFrequencies.view(),
    ];
    const ordered: SparseRows = {
      offsets: new Uint32Array(order.length + 1),
      values: new Uint32Array(terms.length),
      frequencies: new Uint16Array(terms.length),
    };
    let at = 0;
    order.forEach((row, index) => {
      const [from, to] = [offsets[row], offsets[row + 1]];
      ordered.values.set(terms.subarray(from, to), at);
      ordered.frequencies.set(frequencies.subarray(from, to), at);
      at += (to ?? 0) - (from ?? 0);
      ordered.offsets[index + 1] = at;
    });
    const lengths = order.map((row) => this.#rowLength.view()[row] as number);
    return buildLexicalPlanes(this.#termNumbers.terms(), ordered, lengths);
  }
}
