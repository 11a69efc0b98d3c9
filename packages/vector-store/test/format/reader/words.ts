import { crc32 } from 'node:zlib';
import { Cursor, refuse } from './bytes.ts';
import type { StoredSegment } from './index-objects.ts';
import { stem } from './porter.ts';
import { planeOf } from './rows.ts';

const DROPPED = new Set(
  (
    'a an and are as at be but by for if in into is it no not of on or such that the their then there these they ' +
    'this to was will with'
  ).split(' '),
);

/** Terms of a text, in order. */
export const analyze = (text: string): string[] =>
  (text.match(/[\p{L}\p{N}\p{M}_]+/gu) ?? [])
    .map((word) => word.slice(0, 64).toWellFormed().toLowerCase())
    .filter((word) => !DROPPED.has(word))
    .map((word) => (/^[a-z]+$/.test(word) ? stem(word) : word));

export interface Posting {
  row: number;
  frequency: number;
  length: number;
}

const listOf = (bytes: Uint8Array, rows: number): Posting[] => {
  const cursor = new Cursor(bytes);
  let row = -1;
  return cursor.list(rows, () => {
    row += cursor.varint() + 1;
    return { row, frequency: cursor.varint(), length: cursor.varint() };
  });
};

const readBlock = (
  cursor: Cursor,
  terms: number,
  postings: Uint8Array,
): [term: string, list: Posting[]][] => {
  let [at, spelling] = [cursor.u32(), new Uint8Array()];
  return cursor.list(terms, () => {
    const shared = cursor.varint();
    const rest = cursor.bytes(cursor.varint());
    spelling = Uint8Array.of(...spelling.subarray(0, shared), ...rest);
    const [rows, length, sum] = [cursor.varint(), cursor.varint(), cursor.u32()];
    const bytes = postings.subarray(at, at + length);
    if (crc32(bytes) !== sum) throw refuse('postings', `the list at ${at} is damaged`);
    at += length;
    return [new TextDecoder().decode(spelling), listOf(bytes, rows)];
  });
};

/** All posting lists of a segment, by term, in the order of the lexicon. */
export const readPostings = (segment: StoredSegment): Map<string, Posting[]> => {
  const index = new Cursor(planeOf(segment, 'lexiconIndex'));
  const [lexicon, postings] = [planeOf(segment, 'lexicon'), planeOf(segment, 'postings')];
  const lists = new Map<string, Posting[]>();
  let at = 0;
  while (!index.isAtEnd) {
    const [terms, length, sum] = [index.varint(), index.varint(), index.u32()];
    const first = index.text(index.varint());
    const block = lexicon.subarray(at, at + length);
    if (crc32(block) !== sum) throw refuse('lexicon', `the block at ${at} is damaged`);
    const entries = readBlock(new Cursor(block), terms, postings);
    if (entries[0]?.[0] !== first) throw refuse('lexiconIndex', `${first} does not begin its block`);
    for (const [term, list] of entries) lists.set(term, list);
    at += length;
  }
  return lists;
};
