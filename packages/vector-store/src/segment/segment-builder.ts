import { crc32 } from 'node:zlib';
import { analyze } from '../lexical/analyzer.ts';
import { AttributeColumns } from './attribute-columns.ts';
import { packContainer, type PlaneRange } from '../bytes/container.ts';
import { Growable } from '../bytes/growable.ts';
import { pushPostings, rowTermsOf, transpose, type RowTerms } from '../lexical/postings.ts';
import {
  SEGMENT_FORMAT,
  type DocumentRecord,
  type SegmentCounts,
  type SegmentDescriptor,
} from './segment-format.ts';
import { packStrings } from '../bytes/string-table.ts';
import { bytesOf } from '../bytes/typed-bytes.ts';

/** One chunk on its way into a segment. */
export interface SegmentRow {
  chunkId: string;
  /** Its ChunkRecord as JSON. */
  record: Uint8Array;
  components: Int8Array;
  scale: number;
  /** With term ids of this builder. */
  terms: RowTerms;
}

export interface BuiltSegment {
  bytes: Uint8Array;
  planes: PlaneRange[];
  counts: SegmentCounts & Pick<SegmentDescriptor, 'terms'>;
}

type Plane = { name: string; bytes: Uint8Array };

/** Takes documents one by one and makes a segment of them. */
export class SegmentBuilder {
  readonly #termIds = new Map<string, number>();
  readonly #entities = new Map<string, number>();
  readonly #attributes = new AttributeColumns();
  readonly #components = new Growable(Int8Array, 1 << 16);
  readonly #scales = new Growable(Float32Array);
  readonly #documentEntity = new Growable(Uint32Array);
  readonly #documentModified = new Growable(Float64Array);
  readonly #documentFirstRow = new Growable(Uint32Array);
  readonly #rowLength = new Growable(Uint32Array);
  readonly #rowTermOffsets = new Growable(Uint32Array);
  readonly #rowTerms = new Growable(Uint32Array, 1 << 14);
  readonly #rowFrequencies = new Growable(Uint16Array, 1 << 14);
  readonly #payload = new Growable(Uint8Array, 1 << 16);
  readonly #recordOffset = new Growable(Uint32Array);
  readonly #recordCrc = new Growable(Uint32Array);
  readonly #entityIds: string[] = [];
  readonly #chunkIds: string[] = [];
  #tombstones = 0;
  #terms = 0;

  /** About the size of the finished object. */
  get sizeBytes(): number {
    return this.#payload.length + this.#components.length + this.#rowTerms.length * 3 + this.rows * 60;
  }

  get rows(): number {
    return this.#scales.length;
  }

  get isEmpty(): boolean {
    return this.#entityIds.length === 0;
  }

  /** Id of a term in this builder. */
  termId(term: string): number {
    const known = this.#termIds.get(term);
    if (known !== undefined) return known;
    const id = this.#termIds.size;
    this.#termIds.set(term, id);
    return id;
  }

  /** The terms of a text, for a row of this builder. */
  termsOf(text: string): RowTerms {
    return rowTermsOf(Uint32Array.from(analyze(text), (term) => this.termId(term)));
  }

  addDocument(record: DocumentRecord, rows: Iterable<SegmentRow>): void {
    const document = this.#entityIds.length;
    const entity = this.#entities.get(record.entity) ?? this.#entities.size;
    this.#entities.set(record.entity, entity);
    this.#entityIds.push(record.entityId);
    this.#documentEntity.push(entity);
    this.#documentModified.push(record.modified === undefined ? Number.NaN : Date.parse(record.modified));
    this.#documentFirstRow.push(this.rows);
    this.#addRecord(Buffer.from(JSON.stringify(record)));
    if (record.deleted) this.#tombstones += 1;
    else this.#attributes.add(document, record.attributes);
    for (const row of rows) this.#addRow(row);
  }

  #addRow({ chunkId, record, components, scale, terms }: SegmentRow): void {
    this.#chunkIds.push(chunkId);
    this.#components.append(components);
    this.#scales.push(scale);
    this.#rowLength.push(terms.length);
    this.#rowTermOffsets.push(this.#rowTerms.length);
    this.#rowTerms.append(terms.terms);
    this.#rowFrequencies.append(terms.frequencies);
    this.#terms += terms.length;
    this.#addRecord(record);
  }

  #addRecord(record: Uint8Array): void {
    this.#recordOffset.push(this.#payload.length);
    this.#recordCrc.push(crc32(record));
    this.#payload.append(record);
  }

  /** The finished object; the builder is of no further use. */
  finish(): BuiltSegment {
    const { lexicon, postings } = this.#lexicalPlanes();
    const { bytes, planes } = packContainer(SEGMENT_FORMAT, [
      { name: 'rows', bytes: bytesOf(this.#components.view()) },
      { name: 'scales', bytes: bytesOf(this.#scales.view()) },
      ...this.#columnPlanes(),
      { name: 'entityIds', bytes: packStrings(this.#entityIds) },
      { name: 'chunkIds', bytes: packStrings(this.#chunkIds) },
      ...this.#attributes.planes(),
      ...lexicon,
      postings,
      { name: 'payload', bytes: this.#payload.view() },
    ]);
    const counts = {
      documents: this.#entityIds.length - this.#tombstones,
      chunks: this.rows,
      tombstones: this.#tombstones,
      terms: this.#terms,
    };
    return { bytes, planes, counts };
  }

  #columnPlanes(): Plane[] {
    this.#documentFirstRow.push(this.rows);
    this.#recordOffset.push(this.#payload.length);
    return [
      { name: 'documentEntity', bytes: bytesOf(this.#documentEntity.view()) },
      { name: 'documentModified', bytes: bytesOf(this.#documentModified.view()) },
      { name: 'documentFirstRow', bytes: bytesOf(this.#documentFirstRow.view()) },
      { name: 'rowLength', bytes: bytesOf(this.#rowLength.view()) },
      { name: 'recordOffset', bytes: bytesOf(this.#recordOffset.view()) },
      { name: 'recordCrc', bytes: bytesOf(this.#recordCrc.view()) },
      { name: 'entities', bytes: packStrings([...this.#entities.keys()]) },
    ];
  }

  #lexicalPlanes(): { lexicon: Plane[]; postings: Plane } {
    this.#rowTermOffsets.push(this.#rowTerms.length);
    const lists = transpose(
      {
        offsets: this.#rowTermOffsets.view(),
        values: this.#rowTerms.view(),
        frequencies: this.#rowFrequencies.view(),
      },
      this.#termIds.size,
    );
    const terms = [...this.#termIds.keys()].sort();
    const postings = new Growable(Uint8Array, 1 << 16);
    const [rows, offsets, checksums] = [0, 1, 2].map(() => new Growable(Uint32Array)) as [
      Growable<Uint32Array>,
      Growable<Uint32Array>,
      Growable<Uint32Array>,
    ];
    for (const term of terms) {
      const id = this.#termIds.get(term) ?? 0;
      const [from = 0, to = 0] = [lists.offsets[id], lists.offsets[id + 1]];
      const start = postings.length;
      pushPostings(postings, lists.values.subarray(from, to), lists.frequencies.subarray(from, to));
      rows.push(to - from);
      offsets.push(start);
      checksums.push(crc32(postings.view().subarray(start)));
    }
    offsets.push(postings.length);
    return {
      lexicon: [
        { name: 'terms', bytes: packStrings(terms) },
        { name: 'termRows', bytes: bytesOf(rows.view()) },
        { name: 'termOffset', bytes: bytesOf(offsets.view()) },
        { name: 'termCrc', bytes: bytesOf(checksums.view()) },
      ],
      postings: { name: 'postings', bytes: postings.view() },
    };
  }
}
