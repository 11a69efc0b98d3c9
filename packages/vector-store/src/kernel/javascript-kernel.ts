import { javascriptEncode, javascriptRotate, javascriptScoreCodes } from './javascript-codes.ts';
import { javascriptQuantize, javascriptScan, javascriptScoreF32 } from './javascript-rows.ts';
import type { VectorKernel } from './vector-kernel.ts';

/** The kernel for runtimes without WebAssembly SIMD, and the definition of what the other one calculates. */
export const javascriptKernel: VectorKernel = {
  name: 'javascript',
  allocate: (sizeBytes) => new Uint8Array(sizeBytes),
  scan: javascriptScan,
  scoreF32: javascriptScoreF32,
  quantize: javascriptQuantize,
  rotate: javascriptRotate,
  encode: javascriptEncode,
  scoreCodes: javascriptScoreCodes,
};
