import { crc32 } from 'node:zlib';
import { Growable } from '../bytes/growable.ts';
import { ByteCursor, pushUint32, pushVarint, type Malformed } from './byte-cursor.ts';

/*
 * The dictionary of a segment, in three planes:
 * - `lexiconIndex`: for each block varint number of terms, varint length of the block, u32 crc32 of the block, varint length of its
 *   first term, that term in UTF-8. Read whole: about 13 kB for 100,000 terms.
 * - `lexicon`: the blocks back to back. A block: u32 offset of its first posting list in `postings`; for each term varint bytes
 *   shared with the term before, varint bytes that follow, these bytes, varint rows that have the term, varint length of its
 *   posting list, u32 crc32 of the list.
 * - `postings`: the lists back to back, in order of term; see posting-lists.
 * Terms ascend by UTF-16 code units, as `Array.prototype.sort` orders strings.
 */
export const LEXICON_INDEX = 'lexiconIndex';
export const LEXICON = 'lexicon';
export const POSTINGS = 'postings';

/** Terms in a block: one block is some 1.7 kB. */
export const BLOCK_TERMS = 128;

/** Far more than 64 UTF-16 units of a word in lower case: a block cannot make a reader spell out much more than it holds. */
const MOST_TERM_BYTES = 1024;

/** Of one row: three numbers. */
const LEAST_POSTING_BYTES = 3;

/** What the lexicon knows of a term. */
export interface TermEntry {
  /** Rows that have the term. */
  rows: number;
  /** Its posting list, in bytes of plane `postings`; `end` is exclusive. */
  start: number;
  end: number;
  crc32: number;
}

/** A block as the index has it; `start` and `end` count bytes of plane `lexicon`. */
export interface BlockPlace {
  first: string;
  terms: number;
  start: number;
  end: number;
  crc32: number;
}

/** A block, parsed; `entries` go with `terms`, which ascend. */
export interface TermBlock {
  terms: readonly string[];
  entries: readonly TermEntry[];
}

const sharedBytes = (left: Uint8Array, right: Uint8Array): number => {
  const most = Math.min(left.length, right.length);
  let shared = 0;
  while (shared < most && left[shared] === right[shared]) shared += 1;
  return shared;
};

const encodeBlock = ({ terms, entries }: TermBlock): Uint8Array => {
  const block = new Growable(Uint8Array, 4096);
  pushUint32(block, entries[0]?.start ?? 0);
  let previous = new Uint8Array();
  terms.forEach((term, index) => {
    const bytes = Buffer.from(term);
    const shared = sharedBytes(previous, bytes);
    pushVarint(block, shared);
    pushVarint(block, bytes.length - shared);
    block.append(bytes.subarray(shared));
    const { rows, start, end, crc32: checksum } = entries[index] as TermEntry;
    pushVarint(block, rows);
    pushVarint(block, end - start);
    pushUint32(block, checksum);
    previous = bytes;
  });
  return block.view();
};

/** Planes `lexiconIndex` and `lexicon` of ascending terms whose posting lists lie back to back. */
export const encodeLexicon = ({ terms, entries }: TermBlock): { index: Uint8Array; lexicon: Uint8Array } => {
  const index = new Growable(Uint8Array);
  const lexicon = new Growable(Uint8Array);
  for (let from = 0; from < terms.length; from += BLOCK_TERMS) {
    const to = Math.min(terms.length, from + BLOCK_TERMS);
    const block = encodeBlock({ terms: terms.slice(from, to), entries: entries.slice(from, to) });
    const first = Buffer.from(terms[from] ?? '');
    pushVarint(index, to - from);
    pushVarint(index, block.length);
    pushUint32(index, crc32(block));
    pushVarint(index, first.length);
    index.append(first);
    lexicon.append(block);
  }
  return { index: index.view(), lexicon: lexicon.view() };
};

const textOf = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');

/** The blocks of plane `lexiconIndex`; `lexiconBytes` is what they have to fill. Errors: what `malformed` gives. */
export const decodeIndex = (bytes: Uint8Array, lexiconBytes: number, malformed: Malformed): BlockPlace[] => {
  const cursor = new ByteCursor(bytes, malformed);
  const blocks: BlockPlace[] = [];
  let start = 0;
  while (cursor.remaining > 0) {
    const terms = cursor.varint();
    const end = start + cursor.varint();
    const checksum = cursor.uint32();
    const first = textOf(cursor.take(cursor.varint()));
    const last = blocks.at(-1);
    if (last && last.first >= first)
      throw cursor.fail(`block ${blocks.length} does not follow the one before`);
    if (terms === 0) throw cursor.fail(`block ${blocks.length} has no terms`);
    blocks.push({ first, terms, start, end, crc32: checksum });
    start = end;
  }
  if (start !== lexiconBytes) throw cursor.fail(`it describes ${start} of ${lexiconBytes} bytes`);
  return blocks;
};

/** What the entries of a block may say. */
export interface BlockBounds {
  /** Rows of the segment. */
  rowCount: number;
  /** Length of plane `postings`. */
  postingsBytes: number;
  malformed: Malformed;
}

/** The terms of one block. Errors: what `malformed` gives, also when the bytes do not have the block's checksum. */
export const decodeBlock = (bytes: Uint8Array, place: BlockPlace, bounds: BlockBounds): TermBlock => {
  const cursor = new ByteCursor(bytes, bounds.malformed);
  if (crc32(bytes) !== place.crc32) throw cursor.fail('the checksum of the block does not match');
  const terms: string[] = [];
  const entries: TermEntry[] = [];
  let start = cursor.uint32();
  let spelling = new Uint8Array();
  for (let index = 0; index < place.terms; index += 1) {
    spelling = nextSpelling(cursor, spelling);
    const term = textOf(spelling);
    const previous = terms.at(-1);
    if (previous === undefined ? term !== place.first : term <= previous)
      throw cursor.fail(`term ${index} of the block is out of order`);
    const entry = nextEntry(cursor, start, bounds);
    terms.push(term);
    entries.push(entry);
    start = entry.end;
  }
  if (cursor.remaining > 0) throw cursor.fail(`${cursor.remaining} bytes follow the last term of the block`);
  return { terms, entries };
};

const nextSpelling = (cursor: ByteCursor, previous: Uint8Array): Uint8Array<ArrayBuffer> => {
  const shared = cursor.varint();
  if (shared > previous.length) throw cursor.fail(`a term shares ${shared} of ${previous.length} bytes`);
  const rest = cursor.take(cursor.varint());
  if (shared + rest.length > MOST_TERM_BYTES) throw cursor.fail(`a term has ${shared + rest.length} bytes`);
  const spelling = new Uint8Array(shared + rest.length);
  spelling.set(previous.subarray(0, shared));
  spelling.set(rest, shared);
  return spelling;
};

const nextEntry = (cursor: ByteCursor, start: number, bounds: BlockBounds): TermEntry => {
  const rows = cursor.varint();
  if (rows < 1 || rows > bounds.rowCount)
    throw cursor.fail(`a term is in ${rows} of ${bounds.rowCount} rows`);
  const length = cursor.varint();
  const end = start + length;
  if (rows * LEAST_POSTING_BYTES > length) throw cursor.fail(`a list of ${length} bytes has ${rows} rows`);
  if (end > bounds.postingsBytes)
    throw cursor.fail(`a posting list ends at byte ${end} of ${bounds.postingsBytes}`);
  return { rows, start, end, crc32: cursor.uint32() };
};
