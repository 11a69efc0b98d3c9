import {
  blockBytes,
  codeQuery,
  encodeRows,
  javascriptKernel,
  rotationOf,
  wasmKernel,
} from '@alluvium/vector-store/internals';
import { randomFloats, turnsMs } from './kernel-data.ts';
import { rounded, type Row } from './report.ts';

const DIMS = 384;
const SCORED = 100_000;
const ENCODED = 4096;
const ROUNDS = 9;

const rowOf = (name: string, count: number, [system, ms]: [string, number]): Row => ({
  case: `${name} ${String(count)} x ${String(DIMS)}`,
  system,
  ms: rounded(ms),
  millionRowsPerS: rounded(count / ms / 1000),
});

/** 1-bit codes: how fast rows are encoded, and how fast codes are scored. */
export const codeRows = (): Row[] => {
  const space = { mean: new Float32Array(DIMS), rotation: rotationOf(DIMS, 1) };
  const vectors = randomFloats(ENCODED * DIMS, 5);
  const encoding = turnsMs(3, {
    kernel: () => encodeRows(wasmKernel, vectors, space),
    javascript: () => encodeRows(javascriptKernel, vectors, space),
  });
  const codes = encodeRows(wasmKernel, vectors, space);
  const blocks = wasmKernel.allocate(Math.ceil(SCORED / 32) * blockBytes(DIMS));
  for (let at = 0; at < blocks.length; at += codes.length)
    blocks.set(codes.subarray(0, Math.min(codes.length, blocks.length - at)), at);
  const query = codeQuery(wasmKernel, randomFloats(DIMS, 9), space);
  const scores = new Float32Array(SCORED);
  const scoring = turnsMs(ROUNDS, {
    kernel: () => wasmKernel.scoreCodes(query, blocks, scores),
    javascript: () => javascriptKernel.scoreCodes(query, blocks, scores),
  });
  return [
    ...Object.entries(encoding).map((entry) => rowOf('encode 1-bit', ENCODED, entry)),
    ...Object.entries(scoring).map((entry) => rowOf('score 1-bit', SCORED, entry)),
  ];
};
