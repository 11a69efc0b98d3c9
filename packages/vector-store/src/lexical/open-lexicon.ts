import { crc32 } from 'node:zlib';
import type { PlaneReader } from '../segment/plane-reader.ts';
import {
  decodeBlock,
  decodeIndex,
  LEXICON,
  LEXICON_INDEX,
  POSTINGS,
  type BlockPlace,
  type TermBlock,
  type TermEntry,
} from './lexicon-blocks.ts';

// Reading so much of them along with the indexes costs less time than a second round trip for the right blocks.
const LEXICONS_BYTES = 4_000_000;
// 32,768 terms: some megabytes.
const BLOCKS_KEPT = 256;
const POSTINGS_KEPT_BYTES = 8_000_000;

/** Position of the last of `count` ascending strings that is not after `sought`, or -1. */
const lastNotAfter = (count: number, at: (index: number) => string, sought: string): number => {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (at(middle) <= sought) low = middle + 1;
    else high = middle;
  }
  return low - 1;
};

const findTerm = ({ terms, entries }: TermBlock, term: string): TermEntry | undefined => {
  const index = lastNotAfter(terms.length, (place) => terms[place] ?? '', term);
  return terms[index] === term ? entries[index] : undefined;
};

interface LexiconParts {
  blocks: readonly BlockPlace[];
  rowCount: number;
  /** Plane `lexicon`, where it is small enough to have been read. */
  whole: Uint8Array | undefined;
}

/** The dictionary of one segment: the index stays in memory, of the blocks those that were used last. */
export class Lexicon {
  /** Rows of the segment. */
  readonly rowCount: number;
  readonly #blocks: readonly BlockPlace[];
  readonly #whole: Uint8Array | undefined;
  readonly #parsed = new Map<number, Promise<TermBlock>>();
  // By first byte, in order of use.
  readonly #postings = new Map<number, Uint8Array>();
  #postingsBytes = 0;

  constructor({ blocks, rowCount, whole }: LexiconParts) {
    this.rowCount = rowCount;
    this.#blocks = blocks;
    this.#whole = whole;
  }

  /** What the segment knows of each term, `undefined` of one that it lacks. Errors: OBJECT_MISSING, SEGMENT_CORRUPT. */
  async lookUp(reader: PlaneReader, terms: readonly string[]): Promise<(TermEntry | undefined)[]> {
    const numbers = terms.map((term) =>
      lastNotAfter(this.#blocks.length, (index) => this.#blocks[index]?.first ?? '', term),
    );
    const blocks = await this.#blocksOf(reader, new Set(numbers.filter((number) => number >= 0)));
    return terms.map((term, index) => {
      const block = blocks.get(numbers[index] ?? -1);
      return block && findTerm(block, term);
    });
  }

  async #blocksOf(reader: PlaneReader, numbers: ReadonlySet<number>): Promise<Map<number, TermBlock>> {
    const missing = [...numbers].filter((number) => !this.#parsed.has(number));
    if (missing.length > 0) this.#load(reader, missing);
    const blocks = [...numbers].map((number) => [number, this.#used(number)] as const);
    this.#forget();
    return new Map(await Promise.all(blocks.map(async ([number, block]) => [number, await block] as const)));
  }

  // All at once, so that blocks close to each other come with one request.
  #load(reader: PlaneReader, numbers: readonly number[]): void {
    const places = numbers.map((number) => this.#blocks[number] as BlockPlace);
    const whole = this.#whole;
    const reading = whole
      ? Promise.resolve(places.map(({ start, end }) => whole.subarray(start, end)))
      : reader.ranges(LEXICON, places);
    places.forEach((place, index) => {
      const number = numbers[index] ?? 0;
      const parsing = reading.then((bytes) => this.#parse(reader, place, bytes[index] as Uint8Array));
      this.#parsed.set(number, parsing);
      // A failure is not remembered: the next search may find the store well again.
      parsing.catch(() => this.#parsed.delete(number));
    });
  }

  #parse(reader: PlaneReader, place: BlockPlace, bytes: Uint8Array): TermBlock {
    return decodeBlock(bytes, place, {
      rowCount: this.rowCount,
      postingsBytes: reader.sizeOf(POSTINGS),
      malformed: (offset, what) => reader.corrupt(LEXICON, place.start + offset, what),
    });
  }

  /** Posting lists of terms, their checksums verified; those used last are not read again. Errors: OBJECT_MISSING, SEGMENT_CORRUPT. */
  async postings(reader: PlaneReader, entries: readonly TermEntry[]): Promise<Uint8Array[]> {
    const known = entries.map(({ start }) => this.#postings.get(start));
    const missing = entries.filter((_, index) => known[index] === undefined);
    const read = missing.length === 0 ? [] : await readPostings(reader, missing);
    const lists = known.map((list) => list ?? read.shift() ?? new Uint8Array());
    entries.forEach(({ start }, index) => {
      this.#keep(start, lists[index] ?? new Uint8Array());
    });
    return lists;
  }

  #keep(start: number, list: Uint8Array): void {
    // A copy: the list must not keep the neighbours alive that were read with it.
    const own = this.#postings.get(start) ?? new Uint8Array(list);
    if (!this.#postings.delete(start)) this.#postingsBytes += own.length;
    this.#postings.set(start, own);
    for (const [oldest, bytes] of this.#postings) {
      if (this.#postingsBytes <= POSTINGS_KEPT_BYTES) return;
      this.#postings.delete(oldest);
      this.#postingsBytes -= bytes.length;
    }
  }

  // The map keeps its blocks in order of use: the first are the ones to forget.
  #used(number: number): Promise<TermBlock> {
    const block = this.#parsed.get(number) as Promise<TermBlock>;
    this.#parsed.delete(number);
    this.#parsed.set(number, block);
    return block;
  }

  #forget(): void {
    for (const number of this.#parsed.keys()) {
      if (this.#parsed.size <= BLOCKS_KEPT) return;
      this.#parsed.delete(number);
    }
  }
}

/** The planes to open the lexicon of one of `segments` segments from: with the dictionary itself where it is small. */
export const lexiconPlanes = (reader: PlaneReader, segments: number): [string, ...string[]] =>
  reader.sizeOf(LEXICON) * segments <= LEXICONS_BYTES ? [LEXICON_INDEX, LEXICON] : [LEXICON_INDEX];

/** Opens the lexicon of a segment of `rowCount` rows from the bytes of `lexiconPlanes`. Error: SEGMENT_CORRUPT. */
export const openLexicon = (
  reader: PlaneReader,
  rowCount: number,
  [index = new Uint8Array(), whole]: readonly Uint8Array[],
): Lexicon => {
  const sizeBytes = reader.sizeOf(LEXICON);
  const blocks = decodeIndex(index, sizeBytes, (offset, what) => reader.corrupt(LEXICON_INDEX, offset, what));
  return new Lexicon({ blocks, rowCount, whole });
};

/**
 * Posting lists of terms, their checksums verified. They may be views on a larger read: copy what is to be kept.
 * Errors: OBJECT_MISSING, SEGMENT_CORRUPT.
 */
export const readPostings = async (
  reader: PlaneReader,
  entries: readonly TermEntry[],
): Promise<Uint8Array[]> => {
  const lists = await reader.ranges(POSTINGS, entries);
  entries.forEach(({ start, crc32: checksum }, index) => {
    if (crc32(lists[index] ?? new Uint8Array()) !== checksum)
      throw reader.corrupt(POSTINGS, start, 'the checksum of a posting list does not match');
  });
  return lists;
};
