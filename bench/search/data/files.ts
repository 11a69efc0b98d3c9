import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Everything that the benchmark keeps between runs: delete it to begin anew. */
export const DATA_FOLDER = fileURLToPath(new URL('../../.data/', import.meta.url));

// One system call moves less than 2 GiB.
const STEP_BYTES = 64 * 1024 * 1024;

/** Reads a part of a file into a typed array, in steps. */
export const readInto = (file: string, into: ArrayBufferView, fromByte = 0): void => {
  const bytes = new Uint8Array(into.buffer, into.byteOffset, into.byteLength);
  const handle = openSync(file, 'r');
  try {
    for (let at = 0; at < bytes.length;) {
      const read = readSync(handle, bytes, at, Math.min(STEP_BYTES, bytes.length - at), fromByte + at);
      if (read === 0) throw new Error(`${file} ends at byte ${String(fromByte + at)}`);
      at += read;
    }
  } finally {
    closeSync(handle);
  }
};

/** A whole file of floats. */
export const readFloats = (file: string): Float32Array => {
  const handle = openSync(file, 'r');
  const { size } = fstatSync(handle);
  closeSync(handle);
  const floats = new Float32Array(size / 4);
  readInto(file, floats);
  return floats;
};

/** Writes parts one after the other; a part may be overwritten once the next is asked for. */
export const writeParts = (file: string, parts: Iterable<ArrayBufferView>): void => {
  const handle = openSync(file, 'w');
  try {
    for (const { buffer, byteOffset, byteLength } of parts) {
      const bytes = new Uint8Array(buffer, byteOffset, byteLength);
      for (let at = 0; at < bytes.length;)
        at += writeSync(handle, bytes, at, Math.min(STEP_BYTES, bytes.length - at));
    }
  } finally {
    closeSync(handle);
  }
};
