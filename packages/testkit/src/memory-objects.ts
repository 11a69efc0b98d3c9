import {
  assertProduced,
  assertReadable,
  PipelineError,
  sha256Hex,
  type PointerV1,
} from '@alluvium/contracts';
import { packRecords, unpackRecords, type Objects } from '@alluvium/lambda-kit';

/** Objects kept in memory, with the same once-only writes and checks as the bucket. */
export interface MemoryObjects extends Objects {
  readonly stored: Map<string, Uint8Array>;
}

/** A bucket without a network. */
export const memoryObjects = (bucket = 'test-data'): MemoryObjects => {
  const stored = new Map<string, Uint8Array>();
  const pointTo = (contentSchema: string, key: string, bytes: Uint8Array): PointerV1 => ({
    bucket,
    key,
    sha256: sha256Hex(bytes),
    bytes: bytes.length,
    contentSchema,
  });
  const writeOnce = (key: string, bytes: Uint8Array): Uint8Array => {
    const existing = stored.get(key);
    if (existing === undefined) stored.set(key, bytes);
    return existing ?? bytes;
  };
  const readBytes = (pointer: PointerV1, contentSchema = pointer.contentSchema): Uint8Array => {
    if (pointer.contentSchema !== contentSchema) {
      throw new PipelineError(`${pointer.key} is said to be ${pointer.contentSchema}, not ${contentSchema}`, {
        code: 'POINTER_REFUSED',
        kind: 'invalid',
      });
    }
    const bytes = stored.get(pointer.key);
    if (pointer.bucket !== bucket || bytes === undefined) {
      throw new PipelineError(`${pointer.key} does not exist`, {
        code: 'OBJECT_MISSING',
        kind: 'unavailable',
      });
    }
    if (sha256Hex(bytes) !== pointer.sha256) {
      throw new PipelineError(`${pointer.key} is corrupt`, { code: 'OBJECT_CORRUPT', kind: 'corrupt' });
    }
    return bytes;
  };
  return {
    stored,
    pointTo,
    find: async (key) => stored.get(key),
    writeBytes: async (contentSchema, key, bytes) => pointTo(contentSchema, key, writeOnce(key, bytes)),
    readBytes: async (pointer) => readBytes(pointer),
    writeRecords: async (contract, key, records) => {
      const bytes = writeOnce(key, packRecords(contract, records));
      return { ...pointTo(contract.name, key, bytes), records: unpackRecords(contract, bytes).length };
    },
    readRecords: async (contract, pointer) => unpackRecords(contract, readBytes(pointer, contract.name)),
    writeDocument: async (contract, key, document) =>
      pointTo(
        contract.name,
        key,
        writeOnce(key, Buffer.from(JSON.stringify(assertProduced(contract, document)))),
      ),
    readDocument: async (contract, pointer) =>
      assertReadable(contract, JSON.parse(Buffer.from(readBytes(pointer, contract.name)).toString('utf8'))),
  };
};
