import { createHash, type Hash } from 'node:crypto';
import { Transform, type Readable, type TransformCallback } from 'node:stream';
import { AwsChunkedDecoder } from './aws-chunked.ts';
import type { BlobStore } from './blob-store.ts';
import {
  CHECKSUM_ALGORITHMS,
  checksumHeader,
  createDigest,
  DEFAULT_ALGORITHM,
  parseAlgorithm,
  type ChecksumAlgorithm,
  type Digest,
} from './checksums.ts';
import { S3Error } from './s3-error.ts';

/** The largest single put and the largest part. */
export const MAX_BODY_BYTES = 5 * 2 ** 30;
const MAX_TEXT_BYTES = 8 * 2 ** 20;

type Headers = Record<string, string>;

export interface ReceivedBody {
  blob: string;
  sizeBytes: number;
  /** MD5 in hexadecimal. */
  etag: string;
  /** The algorithm the uploader chose, or the default one. */
  algorithm: ChecksumAlgorithm;
  checksums: Partial<Record<ChecksumAlgorithm, string>>;
}

/** Measures a body on its way to the file. */
export class BodyMeter extends Transform {
  sizeBytes = 0;
  readonly #md5: Hash = createHash('md5');
  readonly #sha256: Hash | undefined;
  readonly #digests: Map<ChecksumAlgorithm, Digest>;
  readonly #maxBytes: number;

  constructor(
    algorithms: Iterable<ChecksumAlgorithm>,
    options: { sha256?: boolean; maxBytes?: number } = {},
  ) {
    super();
    this.#digests = new Map(Array.from(new Set(algorithms), (name) => [name, createDigest(name)]));
    this.#sha256 = options.sha256 === true ? createHash('sha256') : undefined;
    this.#maxBytes = options.maxBytes ?? MAX_BODY_BYTES;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.sizeBytes += chunk.length;
    if (this.sizeBytes > this.#maxBytes) {
      done(new S3Error('EntityTooLarge', { details: { MaxSizeAllowed: String(this.#maxBytes) } }));
      return;
    }
    this.#md5.update(chunk);
    this.#sha256?.update(chunk);
    for (const digest of this.#digests.values()) digest.update(chunk);
    done(null, chunk);
  }

  /** Call once, after the end of the stream. */
  result(): Pick<ReceivedBody, 'sizeBytes' | 'etag' | 'checksums'> & { sha256?: string } {
    const checksums: ReceivedBody['checksums'] = {};
    for (const [algorithm, digest] of this.#digests) checksums[algorithm] = digest.base64();
    const measured = { sizeBytes: this.sizeBytes, etag: this.#md5.digest('hex'), checksums };
    return this.#sha256 === undefined ? measured : { ...measured, sha256: this.#sha256.digest('hex') };
  }
}

/** The algorithm that a request names by the header or trailer of its checksum, or by itself. */
const algorithmOf = (headers: Headers): ChecksumAlgorithm | undefined => {
  const given = CHECKSUM_ALGORITHMS.filter((algorithm) => headers[checksumHeader(algorithm)] !== undefined);
  if (given.length > 1)
    throw new S3Error('InvalidRequest', {
      message: 'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.',
    });
  const trailer = /x-amz-checksum-([\w-]+)/i.exec(headers['x-amz-trailer'] ?? '')?.[1];
  const name = given[0] ?? trailer ?? headers['x-amz-sdk-checksum-algorithm'];
  return name === undefined ? undefined : parseAlgorithm(name);
};

const isChunked = (headers: Headers): boolean =>
  /(?:^|,)\s*aws-chunked\s*(?:,|$)/i.test(headers['content-encoding'] ?? '') ||
  (headers['x-amz-content-sha256'] ?? '').startsWith('STREAMING-');

/** S3 wants to know the length before it reads; a body of unknown length has to be a multipart upload. */
const checkDeclaredLength = (headers: Headers): void => {
  const declared = headers['x-amz-decoded-content-length'] ?? headers['content-length'];
  if (declared === undefined && isChunked(headers)) throw new S3Error('MissingContentLength');
  if (declared === undefined && headers['transfer-encoding'] !== undefined)
    throw new S3Error('NotImplemented', { details: { Header: 'Transfer-Encoding' } });
  if (Number(declared ?? 0) > MAX_BODY_BYTES)
    throw new S3Error('EntityTooLarge', {
      details: { ProposedSize: declared ?? '', MaxSizeAllowed: String(MAX_BODY_BYTES) },
    });
};

const checkMd5 = (wanted: string | undefined, etag: string): void => {
  if (wanted === undefined) return;
  const bytes = Buffer.from(wanted, 'base64');
  if (bytes.length !== 16) throw new S3Error('InvalidDigest', { details: { 'Content-MD5': wanted } });
  if (bytes.toString('hex') !== etag)
    throw new S3Error('BadDigest', {
      message: 'The Content-MD5 you specified did not match what we received.',
      details: { ExpectedDigest: wanted, CalculatedDigest: Buffer.from(etag, 'hex').toString('base64') },
    });
};

const checkChecksum = (
  algorithm: ChecksumAlgorithm,
  wanted: string | undefined,
  actual: string | undefined,
): void => {
  if (wanted === undefined || wanted === actual) return;
  if (Buffer.from(wanted, 'base64').length !== Buffer.from(actual ?? '', 'base64').length)
    throw new S3Error('InvalidRequest', {
      message: `Value for ${checksumHeader(algorithm)} header is invalid.`,
    });
  throw new S3Error('BadDigest', {
    message: `The ${algorithm} you specified did not match the calculated checksum.`,
  });
};

const checkSha256 = (wanted: string, actual: string | undefined): void => {
  if (actual === undefined || wanted === actual) return;
  throw new S3Error('XAmzContentSHA256Mismatch', {
    details: { ClientComputedContentSHA256: wanted, S3ComputedContentSHA256: actual },
  });
};

interface Reception {
  steps: Transform[];
  algorithm: ChecksumAlgorithm;
  /** Compares what arrived with every sum and length the sender declared. */
  verify: () => ReturnType<BodyMeter['result']>;
}

const startReception = (
  headers: Headers,
  wanted: readonly ChecksumAlgorithm[],
  maxBytes: number,
): Reception => {
  const chosen = algorithmOf(headers);
  const algorithm = chosen ?? wanted[0] ?? DEFAULT_ALGORITHM;
  const sha256 = headers['x-amz-content-sha256'] ?? '';
  const meter = new BodyMeter([algorithm, ...wanted], { sha256: /^[\da-f]{64}$/.test(sha256), maxBytes });
  const decoder = isChunked(headers) ? new AwsChunkedDecoder() : undefined;
  const verify = () => {
    const result = meter.result();
    const length = headers['x-amz-decoded-content-length'];
    if (length !== undefined && Number(length) !== result.sizeBytes) throw new S3Error('IncompleteBody');
    checkMd5(headers['content-md5'], result.etag);
    const header = checksumHeader(algorithm);
    checkChecksum(algorithm, headers[header] ?? decoder?.trailers.get(header), result.checksums[algorithm]);
    checkSha256(sha256, result.sha256);
    return result;
  };
  return { steps: decoder === undefined ? [meter] : [decoder, meter], algorithm, verify };
};

/** Streams a body to a file, verifying what the sender says about it; `wanted` are further checksums to compute. */
export const receiveBody = async (
  blobs: BlobStore,
  { headers, body }: { headers: Headers; body: Readable },
  wanted: readonly ChecksumAlgorithm[] = [],
): Promise<ReceivedBody> => {
  checkDeclaredLength(headers);
  const { steps, algorithm, verify } = startReception(headers, wanted, MAX_BODY_BYTES);
  const blob = await blobs.write(body, steps);
  try {
    return { blob, algorithm, ...verify() };
  } catch (error) {
    await blobs.remove([blob]);
    throw error;
  }
};

/** Reads a small body (configuration, lists of keys) with the same checks. */
export const receiveText = async ({
  headers,
  body,
}: {
  headers: Headers;
  body: Readable;
}): Promise<string> => {
  const { steps, verify } = startReception(headers, [], MAX_TEXT_BYTES);
  const chunks: Buffer[] = [];
  let stream: Readable = body;
  for (const step of steps) {
    // pipe alone does not pass errors on
    stream.once('error', (error) => step.destroy(error));
    stream = stream.pipe(step);
  }
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  verify();
  return Buffer.concat(chunks).toString();
};
