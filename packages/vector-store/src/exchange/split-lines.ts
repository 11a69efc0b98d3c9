import { notImportable } from './exchange-error.ts';

/** Longer ones are no records, but files without line breaks. */
const MOST_LINE_BYTES = 64_000_000;
const LINE_FEED = 10;

/** A line and its number, from 1. */
export interface Line {
  number: number;
  text: string;
}

const decode = (number: number, pieces: Uint8Array[]): Line => {
  try {
    // Takes away the byte order mark that some editors begin a file with.
    return { number, text: new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(pieces)) };
  } catch (cause) {
    throw notImportable(`line ${number}`, 'it must be UTF-8', cause);
  }
};

/** Lines of UTF-8 without their line feeds. Error: IMPORT_INVALID. */
export async function* splitLines(bytes: AsyncIterable<Uint8Array>): AsyncIterable<Line> {
  let number = 1;
  let pieces: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const piece of bytes) {
    let start = 0;
    for (let end = piece.indexOf(LINE_FEED); end !== -1; end = piece.indexOf(LINE_FEED, start)) {
      yield decode(number, [...pieces, piece.subarray(start, end)]);
      [number, pieces, sizeBytes, start] = [number + 1, [], 0, end + 1];
    }
    pieces.push(piece.subarray(start));
    sizeBytes += piece.length - start;
    if (sizeBytes > MOST_LINE_BYTES)
      throw notImportable(`line ${number}`, `it must not be longer than ${MOST_LINE_BYTES} bytes`);
  }
  if (sizeBytes > 0) yield decode(number, pieces);
}
