import { Growable } from '../bytes/growable.ts';
import { pushVarint } from '../lexical/byte-cursor.ts';

/** A varint has five bytes at most. */
const LARGEST_FACTOR = 2 ** 35;

/** Ascending ordinals as text for the manifest: varint gaps in base64. */
export const packOrdinals = (ordinals: readonly number[]): string => {
  const bytes = new Growable(Uint8Array, 64);
  let last = 0;
  for (const ordinal of ordinals) {
    pushVarint(bytes, ordinal - last);
    last = ordinal;
  }
  return Buffer.from(bytes.view()).toString('base64');
};

/** The ordinals again; undefined when they do not ascend, or one is not below `limit`. */
export const unpackOrdinals = (text: string, limit: number): number[] | undefined => {
  const ordinals: number[] = [];
  let [ordinal, gap, factor] = [0, 0, 1];
  for (const byte of Buffer.from(text, 'base64')) {
    gap += (byte & 0x7f) * factor;
    factor *= 0x80;
    if (factor > LARGEST_FACTOR) return undefined;
    if (byte >= 0x80) continue;
    ordinal += gap;
    if (ordinal >= limit || (gap === 0 && ordinals.length > 0)) return undefined;
    ordinals.push(ordinal);
    [gap, factor] = [0, 1];
  }
  return factor === 1 ? ordinals : undefined;
};

/** A byte a document, 1 for the ordinals; undefined where none is named. */
export const markDocuments = (ordinals: readonly number[], documents: number): Uint8Array | undefined => {
  if (ordinals.length === 0) return undefined;
  const marks = new Uint8Array(documents);
  for (const ordinal of ordinals) marks[ordinal] = 1;
  return marks;
};
