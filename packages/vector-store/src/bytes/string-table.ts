import { bytesOf, uint32sOf } from './typed-bytes.ts';

/** Packs strings as u32 count, u32 offsets (count + 1), UTF-8. */
export const packStrings = (strings: readonly string[]): Uint8Array => {
  const texts = strings.map((text) => Buffer.from(text));
  const offsets = new Uint32Array(strings.length + 2);
  offsets[0] = strings.length;
  texts.forEach((text, index) => {
    offsets[index + 2] = (offsets[index + 1] ?? 0) + text.length;
  });
  return Buffer.concat([bytesOf(offsets), ...texts]);
};

/** Packed strings, decoded one at a time when asked for. */
export class StringTable {
  readonly length: number;
  readonly #offsets: Uint32Array;
  readonly #text: Buffer;

  constructor(bytes: Uint8Array) {
    this.length = uint32sOf(bytes.subarray(0, 4))[0] ?? 0;
    const textStart = 4 * (this.length + 2);
    this.#offsets = uint32sOf(bytes.subarray(4, textStart));
    this.#text = Buffer.from(bytes.buffer, bytes.byteOffset + textStart, bytes.length - textStart);
  }

  get(index: number): string {
    return this.#text.toString('utf8', this.#offsets[index], this.#offsets[index + 1]);
  }

  /** Indexes of all entries equal to `sought`, without decoding the others. */
  indexesOf(sought: string): number[] {
    const target = Buffer.from(sought);
    const found: number[] = [];
    for (let index = 0; index < this.length; index += 1) {
      const [start = 0, end = 0] = [this.#offsets[index], this.#offsets[index + 1]];
      if (end - start === target.length && target.compare(this.#text, start, end) === 0) found.push(index);
    }
    return found;
  }

  /** Index of `sought` in a table sorted by UTF-16 code units (`Array.prototype.sort`), or -1. */
  search(sought: string): number {
    let [low, high] = [0, this.length - 1];
    while (low <= high) {
      const middle = (low + high) >> 1;
      const found = this.get(middle);
      if (found === sought) return middle;
      if (found < sought) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }
}
