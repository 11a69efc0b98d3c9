import { crc32 } from 'node:zlib';
import { assertPlane, type PlaneRange } from '../bytes/container.ts';
import type { ByteRange, ObjectStore } from '../store/object-store.ts';
import { vectorKernel } from '../kernel/choose-kernel.ts';
import { readLargeRange, readRanges, type ReadMeter } from '../store/range-reads.ts';
import {
  PLANE_GROUPS,
  SEGMENT_FORMAT,
  type AttributeColumn,
  type PlaneGroup,
  type SegmentDescriptor,
} from './segment-format.ts';
import { corruptObject } from '../store/store-errors.ts';
import { StringTable } from '../bytes/string-table.ts';
import { float32sOf, float64sOf, int8sOf, uint32sOf } from '../bytes/typed-bytes.ts';

/** Group `scan`. */
export interface ScanPlanes {
  components: Int8Array;
  scales: Float32Array;
}

/** Group `columns`; see segment-format. */
export interface ColumnPlanes {
  documentEntity: Uint32Array;
  documentModified: Float64Array;
  documentFirstRow: Uint32Array;
  rowLength: Uint32Array;
  recordOffset: Uint32Array;
  recordCrc: Uint32Array;
  entities: StringTable;
}

/** Group `ids`. */
export interface IdPlanes {
  entityIds: StringTable;
  chunkIds: StringTable;
}

/** Group `attributes`. */
export interface AttributePlanes {
  columns: Map<string, AttributeColumn>;
  documents: Uint32Array;
  codes: Uint32Array;
}

/** Group `lexicon`. */
export interface LexiconPlanes {
  terms: StringTable;
  termRows: Uint32Array;
  termOffset: Uint32Array;
  termCrc: Uint32Array;
}

interface GroupTypes {
  scan: ScanPlanes;
  columns: ColumnPlanes;
  ids: IdPlanes;
  attributes: AttributePlanes;
  lexicon: LexiconPlanes;
}

type Planes = (name: string) => Uint8Array;

const OPEN: { [G in keyof GroupTypes]: (plane: Planes) => GroupTypes[G] } = {
  scan: (plane) => ({ components: int8sOf(plane('rows')), scales: float32sOf(plane('scales')) }),
  columns: (plane) => ({
    documentEntity: uint32sOf(plane('documentEntity')),
    documentModified: float64sOf(plane('documentModified')),
    documentFirstRow: uint32sOf(plane('documentFirstRow')),
    rowLength: uint32sOf(plane('rowLength')),
    recordOffset: uint32sOf(plane('recordOffset')),
    recordCrc: uint32sOf(plane('recordCrc')),
    entities: new StringTable(plane('entities')),
  }),
  ids: (plane) => ({
    entityIds: new StringTable(plane('entityIds')),
    chunkIds: new StringTable(plane('chunkIds')),
  }),
  attributes: (plane) => ({
    columns: new Map(
      JSON.parse(Buffer.from(plane('attributeNames')).toString('utf8')) as [string, AttributeColumn][],
    ),
    documents: uint32sOf(plane('attributeDocuments')),
    codes: uint32sOf(plane('attributeCodes')),
  }),
  lexicon: (plane) => ({
    terms: new StringTable(plane('terms')),
    termRows: uint32sOf(plane('termRows')),
    termOffset: uint32sOf(plane('termOffset')),
    termCrc: uint32sOf(plane('termCrc')),
  }),
};

/** A segment that is read plane by plane when something asks for it; what was read stays. */
export class SegmentReader {
  readonly descriptor: SegmentDescriptor;
  readonly #store: ObjectStore;
  readonly #groups = new Map<string, Promise<unknown>>();
  readonly #postings = new Map<number, Uint8Array>();

  constructor(store: ObjectStore, descriptor: SegmentDescriptor) {
    this.#store = store;
    this.descriptor = descriptor;
  }

  get #source() {
    return { store: this.#store, key: this.descriptor.key };
  }

  /** One group of planes, read once. Errors: OBJECT_MISSING, OBJECT_CORRUPT, SEGMENT_CORRUPT. */
  group<G extends keyof GroupTypes>(group: G, meter: ReadMeter): Promise<GroupTypes[G]> {
    const known = this.#groups.get(group) as Promise<GroupTypes[G]> | undefined;
    if (known) return known;
    const reading = this.#read(group, meter);
    this.#groups.set(group, reading);
    // A failure is not remembered: the next search may find the store well again.
    reading.catch(() => this.#groups.delete(group));
    return reading;
  }

  async #read<G extends keyof GroupTypes>(group: G, meter: ReadMeter): Promise<GroupTypes[G]> {
    const ranges = PLANE_GROUPS[group].map((name) => this.#range(name));
    const start = Math.min(...ranges.map((range) => range.start));
    const end = Math.max(...ranges.map((range) => range.end));
    // Rows that lie in the kernel's memory are scanned at 1.6 times the speed of rows that are copied there.
    const allocate = group === 'scan' ? vectorKernel().allocate : undefined;
    const bytes = await readLargeRange(this.#source, { start, end }, meter, allocate);
    const planes = new Map(
      ranges.map((range) => {
        const plane = bytes.subarray(range.start - start, range.end - start);
        assertPlane(SEGMENT_FORMAT, range, plane);
        return [range.name, plane];
      }),
    );
    return OPEN[group]((name) => planes.get(name) ?? new Uint8Array());
  }

  #range(name: (typeof PLANE_GROUPS)[PlaneGroup][number]): PlaneRange {
    const range = this.descriptor.planes.find((plane) => plane.name === name);
    if (range) return range;
    const { key } = this.descriptor;
    throw corruptObject('SEGMENT_CORRUPT', `The manifest names no plane ${name} of ${key}`, {
      key,
      plane: name,
    });
  }

  #checked(plane: string, range: ByteRange, [bytes, checksum]: [Uint8Array, number | undefined]): void {
    if (bytes.length === range.end - range.start && crc32(bytes) === checksum) return;
    const { key } = this.descriptor;
    throw corruptObject(
      'SEGMENT_CORRUPT',
      `${key} is corrupt in plane ${plane} at byte ${range.start}: its checksum does not match`,
      { key, plane, offset: range.start },
    );
  }

  /** Posting lists of terms by their position in the lexicon; each is read once. */
  async postings(terms: readonly number[], meter: ReadMeter): Promise<Uint8Array[]> {
    const { termOffset, termCrc } = await this.group('lexicon', meter);
    const missing = terms.filter((term) => !this.#postings.has(term));
    const base = this.#range('postings').start;
    const ranges = missing.map((term) => ({
      start: base + (termOffset[term] ?? 0),
      end: base + (termOffset[term + 1] ?? 0),
    }));
    const lists = await readRanges(this.#source, ranges, meter);
    missing.forEach((term, index) => {
      const list = lists[index] as Uint8Array;
      this.#checked('postings', ranges[index] as ByteRange, [list, termCrc[term]]);
      // A copy: the list must not keep the neighbours alive that were read with it.
      this.#postings.set(term, new Uint8Array(list));
    });
    return terms.map((term) => this.#postings.get(term) as Uint8Array);
  }

  /** Records of payload as parsed JSON, read for this call only. */
  async records(indexes: readonly number[], meter: ReadMeter): Promise<unknown[]> {
    const { recordOffset, recordCrc } = await this.group('columns', meter);
    const base = this.#range('payload').start;
    const ranges = indexes.map((index) => ({
      start: base + (recordOffset[index] ?? 0),
      end: base + (recordOffset[index + 1] ?? 0),
    }));
    const records = await readRanges(this.#source, ranges, meter);
    return records.map((bytes, position) => {
      const index = indexes[position] ?? 0;
      this.#checked('payload', ranges[position] as ByteRange, [bytes, recordCrc[index]]);
      return JSON.parse(Buffer.from(bytes).toString('utf8')) as unknown;
    });
  }
}
