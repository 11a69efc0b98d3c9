import { crc32 } from 'node:zlib';
import { Growable } from '../bytes/growable.ts';
import type { Plane, PlaneReader } from '../segment/plane-reader.ts';
import {
  decodeBlock,
  decodeIndex,
  encodeLexicon,
  LEXICON,
  LEXICON_INDEX,
  POSTINGS,
  type TermBlock,
  type TermEntry,
} from './lexicon-blocks.ts';
import { forEachLexicalPosting, pushPostingList } from './posting-lists.ts';
import { transpose, type SparseRows } from './postings.ts';

/** The terms of all rows of a segment, row by row. */
export interface LexicalRows {
  /** Term by id: distinct, well-formed, in any order. Those that no row has are left out of the lexicon. */
  terms: readonly string[];
  /** Row -> ids of its terms, each once, and how often it has each. */
  rows: SparseRows;
  /** Terms of each row, repetitions counted. */
  rowLengths: Uint32Array;
}

// Ids of the terms that some row has, in the order of the lexicon.
const lexiconOrder = (terms: readonly string[], offsets: Uint32Array): number[] =>
  terms
    .map((term, id) => ({ term, id }))
    .filter(({ id }) => offsets[id] !== offsets[id + 1])
    .sort((left, right) => (left.term < right.term ? -1 : 1))
    .map(({ id }) => id);

/**
 * Planes `lexiconIndex`, `lexicon` and `postings`, in this order: lexicon-blocks and posting-lists have their layout, `LexicalRows`
 * what goes in.
 */
export const buildLexicalPlanes = (
  terms: readonly string[],
  rows: SparseRows,
  rowLengths: Uint32Array,
): Plane[] => {
  const lists = transpose(rows, terms.length);
  const order = lexiconOrder(terms, lists.offsets);
  const postings = new Growable(Uint8Array, 1 << 16);
  const entries = order.map((id): TermEntry => {
    const [from = 0, to = 0] = [lists.offsets[id], lists.offsets[id + 1]];
    const list = { rows: lists.values.subarray(from, to), frequencies: lists.frequencies.subarray(from, to) };
    const start = postings.length;
    pushPostingList(postings, list, rowLengths);
    const checksum = crc32(postings.view().subarray(start));
    return { rows: to - from, start, end: postings.length, crc32: checksum };
  });
  const { index, lexicon } = encodeLexicon({ terms: order.map((id) => terms[id] ?? ''), entries });
  return [
    { name: LEXICON_INDEX, bytes: index },
    { name: LEXICON, bytes: lexicon },
    { name: POSTINGS, bytes: postings.view() },
  ];
};

const readTerms = async (reader: PlaneReader, rowCount: number): Promise<TermBlock> => {
  const [index, lexicon] = await Promise.all([reader.whole(LEXICON_INDEX), reader.whole(LEXICON)]);
  const places = decodeIndex(index, lexicon.length, (offset, what) =>
    reader.corrupt(LEXICON_INDEX, offset, what),
  );
  const postingsBytes = reader.sizeOf(POSTINGS);
  const blocks = places.map((place) =>
    decodeBlock(lexicon.subarray(place.start, place.end), place, {
      rowCount,
      postingsBytes,
      malformed: (offset, what) => reader.corrupt(LEXICON, place.start + offset, what),
    }),
  );
  return {
    terms: blocks.flatMap(({ terms }) => terms),
    entries: blocks.flatMap(({ entries }) => entries),
  };
};

/**
 * Everything that `buildLexicalPlanes` was given, terms now numbered in the order of the lexicon: what merging reads.
 * Errors: OBJECT_MISSING, SEGMENT_CORRUPT.
 */
export const readWholeLexicon = async (reader: PlaneReader, rowCount: number): Promise<LexicalRows> => {
  const [{ terms, entries }, postings] = await Promise.all([
    readTerms(reader, rowCount),
    reader.whole(POSTINGS),
  ]);
  const offsets = new Uint32Array(entries.length + 1);
  entries.forEach(({ rows }, term) => (offsets[term + 1] = (offsets[term] ?? 0) + rows));
  const total = offsets[entries.length] ?? 0;
  const [values, frequencies] = [new Uint32Array(total), new Uint16Array(total)];
  const rowLengths = new Uint32Array(rowCount);
  let next = 0;
  for (const { rows, start, end } of entries) {
    const malformed = (offset: number, what: string): Error => reader.corrupt(POSTINGS, start + offset, what);
    const bounds = { rowCount, rows, malformed };
    forEachLexicalPosting(postings.subarray(start, end), bounds, (row, frequency, length) => {
      // A row without a length yet has 0, which no posting has.
      if ((rowLengths[row] || length) !== length) throw malformed(0, `row ${row} has two lengths`);
      rowLengths[row] = length;
      values[next] = row;
      frequencies[next] = frequency;
      next += 1;
    });
  }
  return { terms, rows: transpose({ offsets, values, frequencies }, rowCount), rowLengths };
};
