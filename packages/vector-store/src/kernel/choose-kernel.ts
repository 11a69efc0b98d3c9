import { javascriptKernel } from './javascript-kernel.ts';
import { isKernelSupported } from './kernel-memory.ts';
import type { VectorKernel } from './vector-kernel.ts';
import { wasmKernel } from './wasm-kernel.ts';

let chosen: VectorKernel | undefined;

/** The compiled kernel where the runtime has WebAssembly SIMD, else the one in JavaScript; asked once a process. */
export const vectorKernel = (): VectorKernel =>
  (chosen ??= isKernelSupported() ? wasmKernel : javascriptKernel);
