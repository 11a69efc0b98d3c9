import { Transform, type TransformCallback } from 'node:stream';
import { S3Error } from './s3-error.ts';

const MAX_LINE_BYTES = 16_384;

type State = 'size' | 'data' | 'data-end' | 'trailer' | 'done';

/**
 * Undoes `Content-Encoding: aws-chunked`: hexadecimal sizes, optional `;chunk-signature=`, and trailing headers
 * (checksums) after the last chunk. The trailers are complete once the stream has ended.
 */
export class AwsChunkedDecoder extends Transform {
  readonly trailers = new Map<string, string>();
  #state: State = 'size';
  #line: Buffer = Buffer.alloc(0);
  #left = 0;

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    try {
      let rest = chunk;
      while (rest.length > 0 && this.#state !== 'done')
        rest = this.#state === 'data' ? this.#takeData(rest) : this.#takeLine(rest);
      done();
    } catch (error) {
      done(error as Error);
    }
  }

  override _flush(done: TransformCallback): void {
    // some clients leave out the empty line that ends the trailers
    done(this.#state === 'done' || this.#state === 'trailer' ? null : new S3Error('IncompleteBody'));
  }

  #takeData(chunk: Buffer): Buffer {
    const data = chunk.subarray(0, this.#left);
    this.push(data);
    this.#left -= data.length;
    if (this.#left === 0) this.#state = 'data-end';
    return chunk.subarray(data.length);
  }

  #takeLine(chunk: Buffer): Buffer {
    const end = chunk.indexOf(0x0a);
    const piece = end < 0 ? chunk : chunk.subarray(0, end);
    this.#line = this.#line.length === 0 ? piece : Buffer.concat([this.#line, piece]);
    if (this.#line.length > MAX_LINE_BYTES) throw new S3Error('IncompleteBody');
    if (end < 0) return chunk.subarray(chunk.length);
    const line = this.#line.toString('latin1').replace(/\r$/, '');
    this.#line = Buffer.alloc(0);
    this.#endLine(line);
    return chunk.subarray(end + 1);
  }

  #endLine(line: string): void {
    if (this.#state === 'data-end') {
      if (line !== '') throw new S3Error('IncompleteBody');
      this.#state = 'size';
    } else if (this.#state === 'size') {
      const size = /^[\da-f]{1,12}(?=;|$)/i.exec(line.trim());
      if (size === null) throw new S3Error('IncompleteBody');
      this.#left = parseInt(size[0], 16);
      this.#state = this.#left === 0 ? 'trailer' : 'data';
    } else if (line === '') this.#state = 'done';
    else this.#addTrailer(line);
  }

  #addTrailer(line: string): void {
    const colon = line.indexOf(':');
    if (colon > 0) this.trailers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
}
