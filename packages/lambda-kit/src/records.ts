import { gunzipSync, gzipSync } from 'node:zlib';
import { assertProduced, assertReadable, PipelineError, type DocumentContract } from '@alluvium/contracts';

/** Greatest unpacked size of an object of records, in bytes: a bound against decompression bombs. */
const MAX_UNPACKED_BYTES = 256 * 1024 * 1024;

/** gzip of one JSON line a record; every record must fit the contract. */
export const packRecords = <T>(contract: DocumentContract<T>, records: readonly T[]): Buffer => {
  const lines = records.map((record) => `${JSON.stringify(assertProduced(contract, record))}\n`);
  return gzipSync(lines.join(''), { level: 6 });
};

const unpack = (bytes: Uint8Array): string => {
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_UNPACKED_BYTES }).toString('utf8');
  } catch (cause) {
    throw new PipelineError('The object is not gzip, or too large unpacked', {
      code: 'OBJECT_CORRUPT',
      kind: 'corrupt',
      cause,
    });
  }
};

/** The records of {@link packRecords}, each checked. */
export const unpackRecords = <T>(contract: DocumentContract<T>, bytes: Uint8Array): T[] =>
  unpack(bytes)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => assertReadable(contract, JSON.parse(line)));
