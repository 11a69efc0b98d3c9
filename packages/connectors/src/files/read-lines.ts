const NEWLINE = 10;

/** One line of a file; without `bytes` when it was too long to keep. */
export interface Line {
  /** From 1. */
  number: number;
  sizeBytes: number;
  bytes?: Uint8Array;
}

/** Collects the pieces of the line that is being read; never more than `maxBytes` of them. */
class LineBuffer {
  readonly #maxBytes: number;
  #pieces: Uint8Array[] = [];
  #sizeBytes = 0;
  #number = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get isEmpty(): boolean {
    return this.#sizeBytes === 0;
  }

  add(piece: Uint8Array): void {
    this.#sizeBytes += piece.length;
    if (this.#sizeBytes <= this.#maxBytes) this.#pieces.push(piece);
    else this.#pieces = [];
  }

  take(): Line {
    const sizeBytes = this.#sizeBytes;
    this.#number += 1;
    const kept = sizeBytes <= this.#maxBytes ? { bytes: Buffer.concat(this.#pieces) } : {};
    this.#pieces = [];
    this.#sizeBytes = 0;
    return { number: this.#number, sizeBytes, ...kept };
  }
}

/** The lines of a stream of bytes, without their newlines. A line above `maxBytes` is counted, not kept. */
export async function* readLines(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  maxBytes: number,
): AsyncGenerator<Line> {
  const line = new LineBuffer(maxBytes);
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      line.add(chunk.subarray(start, end));
      yield line.take();
      start = end + 1;
    }
    line.add(chunk.subarray(start));
  }
  if (!line.isEmpty) yield line.take();
}
