/** The part of WebAssembly that the kernel uses: the types of Node declare no values of it. */
interface WebAssemblyApi {
  validate(bytes: Uint8Array): boolean;
  Module: new (bytes: Uint8Array) => object;
  Memory: new (limits: { initial: number; maximum: number }) => { readonly buffer: ArrayBuffer };
  Instance: new (module: object, imports: { env: { memory: object } }) => { readonly exports: unknown };
}

/** Undefined in a runtime that has none. */
export const webAssembly = (globalThis as { WebAssembly?: unknown }).WebAssembly as
  WebAssemblyApi | undefined;
