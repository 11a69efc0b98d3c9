import { codeQuery } from '../kernel/binary-codes.ts';
import { vectorKernel } from '../kernel/choose-kernel.ts';
import { BLOCK_ROWS, blockBytes } from '../kernel/vector-kernel.ts';
import type { SegmentCodes } from '../segment/segment-rows.ts';
import type { Scope } from './planner.ts';
import type { TopK } from './top-k.ts';

/** Estimated similarities of rows from `first` on. */
export interface Estimates {
  first: number;
  scores: Float32Array;
}

/** Cosine similarity of rows with a query, estimated from 1-bit codes; ranges ascend, `end` is exclusive. */
export const estimateRows = (
  unit: Float32Array,
  { blocks, space }: SegmentCodes,
  ranges: readonly (readonly [first: number, end: number])[],
): Estimates[] => {
  const query = codeQuery(vectorKernel(), unit, space);
  const size = blockBytes(space.rotation.dims);
  return ranges.map(([first, end]) => {
    const block = Math.floor(first / BLOCK_ROWS);
    const scores = new Float32Array(end - block * BLOCK_ROWS);
    const part = blocks.subarray(block * size, Math.ceil(end / BLOCK_ROWS) * size);
    vectorKernel().scoreCodes(query, part, scores);
    return { first, scores: scores.subarray(first - block * BLOCK_ROWS) };
  });
};

/** Offers the estimates of matching rows to `best`. */
export const offerEstimates = ({ base, mask }: Scope, { first, scores }: Estimates, best: TopK): void => {
  let { threshold } = best;
  for (let index = 0; index < scores.length; index += 1) {
    const score = scores[index] as number;
    if (score <= threshold) continue;
    if (mask?.[first + index] === 0) continue;
    best.push(base + first + index, score);
    ({ threshold } = best);
  }
};

/** The least estimate; Infinity of none. */
export const leastOf = (estimates: readonly Estimates[]): number => {
  let least = Infinity;
  for (const { scores } of estimates)
    for (let index = 0; index < scores.length; index += 1)
      least = (scores[index] as number) < least ? (scores[index] as number) : least;
  return least;
};

/** The estimate of a row, where it has one. */
export const estimateOf = (estimates: readonly Estimates[], row: number): number | undefined => {
  const range = estimates.findLast(({ first }) => first <= row);
  return range?.scores[row - range.first];
};
