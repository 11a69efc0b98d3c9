/** For benchmarks and experiments: parts of the store with no promise that they stay. */
export { denseQuery, rowSimilarity, scanRows, type DenseQuery } from './search/dense-scan.ts';
export { codeQuery, encodeRows, rotationOf, type CodeSpace } from './kernel/binary-codes.ts';
export { integerQuery } from './kernel/integer-query.ts';
export { javascriptKernel } from './kernel/javascript-kernel.ts';
export { isKernelSupported, KernelMemory } from './kernel/kernel-memory.ts';
export { KERNEL_TOOLCHAIN, KERNEL_WASM_BASE64 } from './kernel/kernel-wasm.ts';
export { blockBytes, SCAN_BATCH, type Int8Rows, type VectorKernel } from './kernel/vector-kernel.ts';
export { wasmKernel } from './kernel/wasm-kernel.ts';
export { clusterRows, gatherRows } from './segment/cluster-rows.ts';
export { meanOf, packClusters } from './segment/cluster-plane.ts';
export { codeSpaceOf, packCodes } from './segment/code-plane.ts';
export { packRows, rowStride } from './segment/row-records.ts';
export { TopK } from './search/top-k.ts';
