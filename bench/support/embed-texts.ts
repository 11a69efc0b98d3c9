import { readdirSync, readFileSync } from 'node:fs';

const WORDS = ['the', 'river', 'mud'];
const FRAME_TOKENS = 2;
const SHORTEST = 8;
const LONGEST = 512;

/** A text of exactly so many tokens of the made-up tokenizer, [CLS] and [SEP] included. */
export const textOf = (tokens: number): string =>
  Array.from({ length: tokens - FRAME_TOKENS }, (_, at) => WORDS[(at * at + tokens) % WORDS.length]).join(
    ' ',
  );

/** Lengths as those of passages and titles mixed: log-normal around 80 tokens, many short and few long, in any order. */
export const mixedLengths = (count: number): number[] => {
  let state = 12_345;
  const uniform = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state + 1) / 2 ** 32;
  };
  return Array.from({ length: count }, () => {
    const normal = Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
    return Math.max(SHORTEST, Math.min(LONGEST, Math.round(80 * Math.exp(normal))));
  });
};

/** Paragraphs of this project's own documentation. */
export const paragraphs = (count: number): string[] => {
  const folder = new URL('../../docs/', import.meta.url);
  const pages = readdirSync(folder).filter((name) => name.endsWith('.md'));
  const found = pages
    .sort()
    .flatMap((name) => readFileSync(new URL(name, folder), 'utf8').split(/\n{2,}/))
    .filter((paragraph) => paragraph.length > 100);
  return Array.from({ length: count }, (_, index) => found[index % found.length] ?? '');
};
