import { createWriteStream, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import type { Tokenizer } from '@alluvium/embedding';
import type { Pair } from '../read-pairs.ts';

/** What was written for the trainer. */
export interface EncodedPairs {
  pairs: number;
  tokens: number;
  sources: string[];
}

/** Tokens that are read of each side, without [CLS] and [SEP], which the trainer does not see. */
export const DEFAULT_LIMITS = { anchor: 48, positive: 128 };
const FRAME_TOKENS = 2;
/** A source is one byte. */
const MAX_SOURCES = 256;

const sourceNumber = (sources: string[], source: string): number => {
  const known = sources.indexOf(source);
  if (known >= 0) return known;
  if (sources.length === MAX_SOURCES) throw new RangeError(`More than ${MAX_SOURCES} sources of pairs.`);
  return sources.push(source) - 1;
};

/** Adds one text to the counts of texts by token. */
const countText = (counts: Uint32Array, tokens: readonly number[]): void => {
  for (const token of new Set(tokens)) counts[token] = (counts[token] ?? 0) + 1;
};

/**
 * Writes pairs as the trainer reads them: `<prefix>.ids`, `.offsets`, `.sources` and `.counts`, see train.c. Pairs of
 * which one side has no token are left out. All numbers little-endian.
 */
export const encodePairs = async (
  pairs: AsyncIterable<Pair>,
  { tokenizer, vocabulary }: { tokenizer: Tokenizer; vocabulary: number },
  prefix: string,
  limits = DEFAULT_LIMITS,
): Promise<EncodedPairs> => {
  const ids = createWriteStream(`${prefix}.ids`);
  const offsets = [0];
  const sources: string[] = [];
  const sourceOf: number[] = [];
  const counts = new Uint32Array(vocabulary);
  let tokens = 0;
  for await (const { source, anchor, positive } of pairs) {
    const sides = [
      tokenizer.encode(anchor, limits.anchor + FRAME_TOKENS).slice(1, -1),
      tokenizer.encode(positive, limits.positive + FRAME_TOKENS).slice(1, -1),
    ];
    if (sides.some((side) => side.length === 0)) continue;
    sourceOf.push(sourceNumber(sources, source));
    for (const side of sides) {
      countText(counts, side);
      tokens += side.length;
      offsets.push(tokens);
      if (!ids.write(Buffer.from(Uint16Array.from(side).buffer))) await once(ids, 'drain');
    }
  }
  ids.end();
  await finished(ids);
  writeFileSync(`${prefix}.offsets`, Uint32Array.from(offsets));
  writeFileSync(`${prefix}.sources`, Uint8Array.from(sourceOf));
  writeFileSync(`${prefix}.counts`, counts);
  return { pairs: sourceOf.length, tokens, sources };
};
