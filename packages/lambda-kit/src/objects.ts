import { assertProduced, assertReadable, PipelineError, sha256Hex } from '@alluvium/contracts';
import type { DocumentContract, PointerV1 } from '@alluvium/contracts';
import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { httpStatusOf } from './http-status.ts';
import { packRecords, unpackRecords } from './records.ts';

/** Greatest object that is read whole through a pointer, in bytes. */
const MAX_OBJECT_BYTES = 256 * 1024 * 1024;

/** Immutable objects in the data bucket, named by pointers. */
export interface Objects {
  /** Writes records once; what is there already wins, and its pointer is returned. */
  writeRecords<T>(contract: DocumentContract<T>, key: string, records: readonly T[]): Promise<PointerV1>;
  readRecords<T>(contract: DocumentContract<T>, pointer: PointerV1): Promise<T[]>;
  /** Writes one JSON document once; what is there already wins, and its pointer is returned. */
  writeDocument<T>(contract: DocumentContract<T>, key: string, document: T): Promise<PointerV1>;
  readDocument<T>(contract: DocumentContract<T>, pointer: PointerV1): Promise<T>;
  /** Writes bytes once; what is there already wins, and its pointer is returned. */
  writeBytes(contentSchema: string, key: string, bytes: Uint8Array): Promise<PointerV1>;
  /** The bytes a pointer names, checked for size and sha256. */
  readBytes(pointer: PointerV1): Promise<Uint8Array>;
  /** The bytes of a key that no pointer named yet, or undefined when there are none. */
  find(key: string): Promise<Uint8Array | undefined>;
  /** Pointer to bytes that lie at `key`. */
  pointTo(contentSchema: string, key: string, bytes: Uint8Array): PointerV1;
}

interface Options {
  client: S3Client;
  bucket: string;
}

const corrupt = (pointer: PointerV1, what: string): PipelineError =>
  new PipelineError(`s3://${pointer.bucket}/${pointer.key} ${what}`, {
    code: 'OBJECT_CORRUPT',
    kind: 'corrupt',
    details: { key: pointer.key },
  });

// An event made by hand may name any bucket: only ours is ever read.
const assertTrusted = (pointer: PointerV1, bucket: string, contentSchema?: string): void => {
  const wrongSchema = contentSchema !== undefined && pointer.contentSchema !== contentSchema;
  if (pointer.bucket === bucket && pointer.bytes <= MAX_OBJECT_BYTES && !wrongSchema) return;
  throw new PipelineError(
    `The pointer to s3://${pointer.bucket}/${pointer.key} (${pointer.bytes} bytes, ${pointer.contentSchema}) ` +
      `is refused: expected ${contentSchema ?? 'an object'} in ${bucket} of at most ${MAX_OBJECT_BYTES} bytes`,
    { code: 'POINTER_REFUSED', kind: 'invalid', details: { key: pointer.key } },
  );
};

const findBytes = async ({ client, bucket }: Options, key: string, versionId?: string) => {
  try {
    const versioned = versionId === undefined ? {} : { VersionId: versionId };
    const answer = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key, ...versioned }));
    return await answer.Body?.transformToByteArray();
  } catch (error) {
    if (httpStatusOf(error) === 404) return undefined;
    throw error;
  }
};

const readBytes = async (
  options: Options,
  pointer: PointerV1,
  contentSchema?: string,
): Promise<Uint8Array> => {
  assertTrusted(pointer, options.bucket, contentSchema);
  const bytes = await findBytes(options, pointer.key, pointer.versionId);
  if (bytes === undefined) {
    throw new PipelineError(`s3://${pointer.bucket}/${pointer.key} does not exist`, {
      code: 'OBJECT_MISSING',
      kind: 'unavailable',
      details: { key: pointer.key },
    });
  }
  if (bytes.length !== pointer.bytes)
    throw corrupt(pointer, `has ${bytes.length} bytes, not ${pointer.bytes}`);
  if (sha256Hex(bytes) !== pointer.sha256) throw corrupt(pointer, 'does not have the sha256 of its pointer');
  return bytes;
};

const writeOnce = async (
  { client, bucket }: Options,
  key: string,
  bytes: Uint8Array,
): Promise<Uint8Array> => {
  try {
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: bytes, IfNoneMatch: '*' }));
    return bytes;
  } catch (error) {
    const status = httpStatusOf(error);
    // 409: another conditional write to the same key was in flight.
    const existing = status === 412 || status === 409 ? await findBytes({ client, bucket }, key) : undefined;
    if (existing !== undefined) return existing;
    throw error;
  }
};

/** Objects of one bucket. */
export const s3Objects = (options: Options): Objects => {
  const pointTo = (contentSchema: string, key: string, bytes: Uint8Array): PointerV1 => ({
    bucket: options.bucket,
    key,
    sha256: sha256Hex(bytes),
    bytes: bytes.length,
    contentSchema,
  });
  const writeBytes = async (contentSchema: string, key: string, bytes: Uint8Array): Promise<PointerV1> =>
    pointTo(contentSchema, key, await writeOnce(options, key, bytes));
  return {
    pointTo,
    writeBytes,
    readBytes: (pointer) => readBytes(options, pointer),
    find: (key) => findBytes(options, key),
    writeRecords: async (contract, key, records) => {
      const stored = await writeOnce(options, key, packRecords(contract, records));
      return { ...pointTo(contract.name, key, stored), records: unpackRecords(contract, stored).length };
    },
    readRecords: async (contract, pointer) =>
      unpackRecords(contract, await readBytes(options, pointer, contract.name)),
    writeDocument: (contract, key, document) =>
      writeBytes(contract.name, key, Buffer.from(JSON.stringify(assertProduced(contract, document)))),
    readDocument: async (contract, pointer) => {
      const bytes = await readBytes(options, pointer, contract.name);
      return assertReadable(contract, JSON.parse(Buffer.from(bytes).toString('utf8')));
    },
  };
};
