import { runInThisContext } from 'node:vm';

/**
 * Jest runs tests in a realm of their own, but the native runtime makes its typed arrays in the main one and
 * then insists that they are instances of this realm's class. Import this before anything embeds.
 */
globalThis.Float32Array = runInThisContext('Float32Array') as typeof Float32Array;
