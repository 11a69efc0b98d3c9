import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { combineCrc, crc32c, crc64nvme, type CrcAlgorithm } from './crc.ts';
import { S3Error } from './s3-error.ts';

export type ChecksumAlgorithm = CrcAlgorithm | 'SHA1' | 'SHA256';
export type ChecksumType = 'FULL_OBJECT' | 'COMPOSITE';

/** A checksum in base64; that of a composite ends in `-<parts>`. */
export interface Checksum {
  algorithm: ChecksumAlgorithm;
  type: ChecksumType;
  value: string;
}

export interface Digest {
  update(chunk: Uint8Array): void;
  base64(): string;
}

export const CHECKSUM_ALGORITHMS: readonly ChecksumAlgorithm[] = [
  'CRC32',
  'CRC32C',
  'CRC64NVME',
  'SHA1',
  'SHA256',
];

/** What S3 computes when the uploader names no algorithm. */
export const DEFAULT_ALGORITHM: ChecksumAlgorithm = 'CRC64NVME';

const crcBase64 = (value: bigint, widthBytes: number): string =>
  Buffer.from(value.toString(16).padStart(widthBytes * 2, '0'), 'hex').toString('base64');

const crc32Digest = (step: (chunk: Uint8Array, previous: number) => number): Digest => {
  let value = 0;
  return {
    update: (chunk) => {
      value = step(chunk, value);
    },
    base64: () => crcBase64(BigInt(value), 4),
  };
};

const crc64Digest = (): Digest => {
  let value = 0n;
  return {
    update: (chunk) => {
      value = crc64nvme(chunk, value);
    },
    base64: () => crcBase64(value, 8),
  };
};

const hashDigest = (name: 'sha1' | 'sha256'): Digest => {
  const hash = createHash(name);
  return { update: (chunk) => void hash.update(chunk), base64: () => hash.digest('base64') };
};

const DIGESTS: Record<ChecksumAlgorithm, () => Digest> = {
  CRC32: () => crc32Digest((chunk, previous) => crc32(chunk, previous)),
  CRC32C: () => crc32Digest(crc32c),
  CRC64NVME: crc64Digest,
  SHA1: () => hashDigest('sha1'),
  SHA256: () => hashDigest('sha256'),
};

export const createDigest = (algorithm: ChecksumAlgorithm): Digest => DIGESTS[algorithm]();

/** Reads the name of an algorithm out of a request. */
export const parseAlgorithm = (name: string): ChecksumAlgorithm => {
  const found = CHECKSUM_ALGORITHMS.find((algorithm) => algorithm === name.toUpperCase());
  if (found === undefined)
    throw new S3Error('InvalidRequest', { message: 'Checksum algorithm provided is unsupported.' });
  return found;
};

export const checksumHeader = (algorithm: ChecksumAlgorithm): string =>
  `x-amz-checksum-${algorithm.toLowerCase()}`;

/** The element of an XML document that carries this checksum. */
export const checksumElement = (algorithm: ChecksumAlgorithm): string => `Checksum${algorithm}`;

export const checksumHeaders = (checksum: Checksum | undefined): Record<string, string> =>
  checksum === undefined
    ? {}
    : { [checksumHeader(checksum.algorithm)]: checksum.value, 'x-amz-checksum-type': checksum.type };

const isCrc = (algorithm: ChecksumAlgorithm): algorithm is CrcAlgorithm => algorithm.startsWith('CRC');

/** SHA sums cannot be combined and CRC-64 has no composite form; the 32-bit CRCs may be either. */
export const checksumTypeOf = (algorithm: ChecksumAlgorithm, wanted: string | undefined): ChecksumType => {
  const type = wanted ?? (algorithm === 'CRC64NVME' ? 'FULL_OBJECT' : 'COMPOSITE');
  const possible =
    (type === 'FULL_OBJECT' && isCrc(algorithm)) || (type === 'COMPOSITE' && algorithm !== 'CRC64NVME');
  if (possible) return type;
  throw new S3Error('InvalidRequest', {
    message: `The ${type} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`,
  });
};

export interface PartChecksum {
  value: string;
  sizeBytes: number;
}

const toBigInt = (base64: string): bigint => BigInt(`0x${Buffer.from(base64, 'base64').toString('hex')}`);

const fullObject = (algorithm: CrcAlgorithm, parts: readonly PartChecksum[]): string => {
  const crc = parts.reduce(
    (sum, { value, sizeBytes }) => combineCrc(algorithm, sum, { crc: toBigInt(value), sizeBytes }),
    0n,
  );
  return crcBase64(crc, algorithm === 'CRC64NVME' ? 8 : 4);
};

/** The checksum of a multipart object, from those of its parts. */
export const combineParts = (
  algorithm: ChecksumAlgorithm,
  type: ChecksumType,
  parts: readonly PartChecksum[],
): Checksum => {
  if (type === 'FULL_OBJECT' && isCrc(algorithm))
    return { algorithm, type, value: fullObject(algorithm, parts) };
  const digest = createDigest(algorithm);
  for (const { value } of parts) digest.update(Buffer.from(value, 'base64'));
  return { algorithm, type, value: `${digest.base64()}-${String(parts.length)}` };
};
