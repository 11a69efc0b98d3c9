import type { Growable } from '../bytes/growable.ts';

/** The error for malformed bytes; `offset` counts from the first of them. */
export type Malformed = (offset: number, what: string) => Error;

/** Appends an unsigned 32-bit number: seven bits a byte, the lowest first, the high bit set on all but the last byte. */
export const pushVarint = (target: Growable<Uint8Array>, value: number): void => {
  let rest = value;
  while (rest >= 0x80) {
    target.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  target.push(rest);
};

/** Appends an unsigned 32-bit number, little endian. */
export const pushUint32 = (target: Growable<Uint8Array>, value: number): void => {
  for (let shift = 0; shift < 32; shift += 8) target.push((value >>> shift) & 0xff);
};

/** Reads one value after another; whatever would run past the end is an error of `malformed`. */
export class ByteCursor {
  readonly #bytes: Uint8Array;
  readonly #malformed: Malformed;
  #offset = 0;

  constructor(bytes: Uint8Array, malformed: Malformed) {
    this.#bytes = bytes;
    this.#malformed = malformed;
  }

  get remaining(): number {
    return this.#bytes.length - this.#offset;
  }

  /** The error for what was read last. */
  fail(what: string): Error {
    return this.#malformed(this.#offset, what);
  }

  varint(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.#byte();
      // Four bits are left for the fifth byte.
      if (shift === 28 && byte > 0x0f) break;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
    throw this.fail('a number has more than 32 bits');
  }

  #byte(): number {
    const byte = this.#bytes[this.#offset];
    if (byte === undefined) throw this.fail('a number runs past the end');
    this.#offset += 1;
    return byte;
  }

  uint32(): number {
    const [first = 0, second = 0, third = 0, fourth = 0] = this.take(4);
    return (first | (second << 8) | (third << 16) | (fourth << 24)) >>> 0;
  }

  /** A view on the next bytes. */
  take(length: number): Uint8Array {
    if (length > this.remaining) throw this.fail(`${length} bytes run past the end`);
    const taken = this.#bytes.subarray(this.#offset, this.#offset + length);
    this.#offset += length;
    return taken;
  }
}
