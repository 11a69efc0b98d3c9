import type { ModelManifest } from './manifest.ts';

const FLOATS = new Set(['fp32', 'fp16']);

/**
 * Texts that run together, as groups of their indices: similar lengths side by side, so that next to nothing is
 * padded, and never more than `maxPaddedTokens` = texts x longest in a group, unless one text alone is longer.
 */
export const groupByLength = (lengths: readonly number[], maxPaddedTokens: number): number[][] => {
  const order = lengths
    .map((_, index) => index)
    .sort((a, b) => (lengths[a] ?? 0) - (lengths[b] ?? 0) || a - b);
  const groups: number[][] = [];
  let group: number[] = [];
  for (const index of order) {
    // In ascending order the text that comes is the longest of its group.
    if (group.length > 0 && (group.length + 1) * (lengths[index] ?? 0) > maxPaddedTokens) {
      groups.push(group);
      group = [];
    }
    group.push(index);
  }
  if (group.length > 0) groups.push(group);
  return groups;
};

/**
 * Which texts run together. Models of whole floats take groups of similar length. A model of integers takes each text
 * alone: dynamic quantization scales by the largest value of a run, so beside others a text's vector would be another
 * one (by up to 4e-3 a component), and embedding it again would not give the same bytes.
 */
export const planRuns = (lengths: readonly number[], { precision, batch }: ModelManifest): number[][] =>
  FLOATS.has(precision)
    ? groupByLength(lengths, batch.max_padded_tokens)
    : lengths.map((_, index) => [index]);
