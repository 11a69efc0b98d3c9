import type { Growable } from '../bytes/growable.ts';
import { ByteCursor, pushVarint, type Malformed } from './byte-cursor.ts';

/** The rows that have a term, ascending, each with how often it has it. */
export interface Postings {
  rows: Uint32Array;
  /** 1 to 65,535. */
  frequencies: Uint16Array;
}

/** What a list may hold at most: rows of its segment, as many as the lexicon says. */
export interface PostingBounds {
  /** Rows of the segment. */
  rowCount: number;
  /** Rows in the list. */
  rows: number;
  malformed: Malformed;
}

const MOST_FREQUENT = 0xffff;

/**
 * Appends one posting list: for each row the rows left out since the one before, the frequency, and the row's length in terms, as
 * varints. The length lies here so that a cold query need not read it from elsewhere.
 */
export const pushPostingList = (
  target: Growable<Uint8Array>,
  { rows, frequencies }: Postings,
  rowLengths: Uint32Array,
): void => {
  let previous = -1;
  rows.forEach((row, index) => {
    pushVarint(target, row - previous - 1);
    pushVarint(target, frequencies[index] ?? 0);
    pushVarint(target, rowLengths[row] ?? 0);
    previous = row;
  });
};

/** Calls back for each posting of a list that `pushPostingList` made, rows ascending. Errors: what `malformed` gives. */
export const forEachLexicalPosting = (
  bytes: Uint8Array,
  { rowCount, rows, malformed }: PostingBounds,
  visit: (row: number, frequency: number, length: number) => void,
): void => {
  const cursor = new ByteCursor(bytes, malformed);
  let row = -1;
  for (let index = 0; index < rows; index += 1) {
    row += cursor.varint() + 1;
    if (row >= rowCount) throw cursor.fail(`row ${row} of ${rowCount}`);
    const frequency = cursor.varint();
    const length = cursor.varint();
    if (frequency < 1 || frequency > MOST_FREQUENT || frequency > length)
      throw cursor.fail(`row ${row} of ${length} terms has one of them ${frequency} times`);
    visit(row, frequency, length);
  }
  if (cursor.remaining > 0) throw cursor.fail(`${cursor.remaining} bytes follow the last of ${rows} rows`);
};
