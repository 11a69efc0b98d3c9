import type { IncomingMessage } from 'node:http';
import type { Readable, Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib';
import { PipelineError } from '@alluvium/contracts';

/** Encodings that are asked for, and how each is undone. */
const DECODERS: Record<string, () => Transform> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
  zstd: createZstdDecompress,
};

export const ACCEPTED_ENCODINGS = 'gzip, br, zstd';

const refuse = (code: string, message: string, cause?: unknown): PipelineError =>
  new PipelineError(message, { code, kind: 'invalid', cause });

const decoded = (message: IncomingMessage, where: string): Readable => {
  const encoding = (message.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (encoding === 'identity' || encoding === '') return message;
  const decoder = DECODERS[encoding]?.();
  // Chains of encodings are what bombs are made of; no server needs one.
  if (decoder === undefined) throw refuse('BODY_CORRUPT', `${where} sends the encoding "${encoding}"`);
  message.on('error', (error) => decoder.destroy(error));
  return message.pipe(decoder);
};

/** Reads the body up to `maxBytes` after decompression; stops reading, and holds nothing, beyond. */
export const readBody = async (
  message: IncomingMessage,
  maxBytes: number,
  where: string,
): Promise<Uint8Array> => {
  const tooLarge = () => refuse('BODY_TOO_LARGE', `${where} sends more than ${maxBytes} bytes`);
  if (Number(message.headers['content-length'] ?? 0) > maxBytes) throw tooLarge();
  const stream = decoded(message, where);
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Uint8Array>) {
      sizeBytes += chunk.length;
      if (sizeBytes > maxBytes) throw tooLarge();
      chunks.push(chunk);
    }
  } catch (error) {
    if (stream === message || (error as { code?: string }).code?.startsWith('Z_') !== true) throw error;
    throw refuse('BODY_CORRUPT', `${where} sends a body that cannot be decompressed`, error);
  } finally {
    stream.destroy();
    message.destroy();
  }
  return Buffer.concat(chunks);
};
