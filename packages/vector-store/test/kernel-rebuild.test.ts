import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { compileKernel, GENERATED_PATH, renderModule, toolchain } from '../kernel/build.ts';
import { KERNEL_TOOLCHAIN } from '../src/kernel/kernel-wasm.ts';

const found = toolchain();
const isSame = found === KERNEL_TOOLCHAIN;
const why = isSame
  ? ''
  : ` (skipped: it was made by ${KERNEL_TOOLCHAIN}; here is ${found ?? 'no clang with wasm-ld'})`;

describe('the committed kernel', () => {
  (isSame ? it : it.skip)(`is what the source compiles to, byte for byte${why}`, () => {
    expect(renderModule(compileKernel(), KERNEL_TOOLCHAIN)).toBe(readFileSync(GENERATED_PATH, 'utf8'));
  });
});
