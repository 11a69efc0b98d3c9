import { codeQuery } from '../kernel/binary-codes.ts';
import { vectorKernel } from '../kernel/choose-kernel.ts';
import type { SegmentCodes } from '../segment/segment-rows.ts';
import type { Scope } from './planner.ts';
import type { TopK } from './top-k.ts';

/** Cosine similarity of every row of a segment with a query, estimated from 1-bit codes. */
export const estimateRows = (
  unit: Float32Array,
  { blocks, space }: SegmentCodes,
  rows: number,
): Float32Array => {
  const estimates = new Float32Array(rows);
  vectorKernel().scoreCodes(codeQuery(vectorKernel(), unit, space), blocks, estimates);
  return estimates;
};

/** Offers the estimates of matching rows to `best`; gives the least of them. */
export const offerEstimates = ({ base, mask }: Scope, estimates: Float32Array, best: TopK): number => {
  let [least, threshold] = [Infinity, best.threshold];
  for (let row = 0; row < estimates.length; row += 1) {
    const estimate = estimates[row] as number;
    if (mask?.[row] === 0) continue;
    if (estimate < least) least = estimate;
    if (estimate <= threshold) continue;
    best.push(base + row, estimate);
    threshold = best.threshold;
  }
  return least;
};
