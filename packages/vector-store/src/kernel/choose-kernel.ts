import { javascriptKernel } from './javascript-kernel.ts';
import type { VectorKernel } from './vector-kernel.ts';
import { openWasmKernel } from './wasm-kernel.ts';

let chosen: VectorKernel | undefined;

/** The compiled kernel where the runtime can hold it, else the one in JavaScript; asked once a process. */
export const vectorKernel = (): VectorKernel => (chosen ??= openWasmKernel() ?? javascriptKernel);
