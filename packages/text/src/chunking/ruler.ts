import { cutBefore } from './spans.ts';

/** Measures parts of one text, in characters or in tokens. Sizes grow with the part. */
export interface Ruler {
  /** Size of `text.slice(start, end)`, or a little more. */
  size(start: number, end: number): number;
  /** The furthest end so that the part from `start` has at most this size; after `start`. */
  latestEnd(start: number, size: number): number;
  /** The first start so that the part that ends at `end` has at most this size. */
  earliestStart(end: number, size: number): number;
}

/** Measures in UTF-16 units. */
export const characterRuler = (text: string): Ruler => ({
  size: (start, end) => end - start,
  latestEnd: (start, size) => cutBefore(text, start, Math.min(text.length, start + size)),
  earliestStart: (end, size) => Math.max(0, end - size),
});
