import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { OnBytes } from '@alluvium/embedding';
import { httpStatusOf, s3Client } from '@alluvium/lambda-kit';
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { CliError, exitCodes } from '../cli-error.ts';
import { readAnyManifest, type AnyModel } from './any-manifest.ts';

/** A model directory that is to lie under `models/<id>/`. */
export interface UploadModelOptions {
  bucket: string;
  directory: string;
  /** Whether another model of the same id may be overwritten. */
  isReplacing: boolean;
  onBytes?: OnBytes;
}

/** What an upload did. */
export interface UploadedModel {
  model: AnyModel;
  /** Files that were put; the others were there already, the same bytes. */
  uploaded: string[];
}

const MANIFEST = 'manifest.json';

interface Upload {
  Bucket: string;
  Key: string;
  path: string;
  bytes: number;
  sha256: string;
  onBytes: (bytes: number) => void;
}

const isAbsent = (error: unknown): boolean => httpStatusOf(error) === 404;

const isThere = async ({ Bucket, Key, sha256 }: Upload): Promise<boolean> => {
  try {
    return (await s3Client().send(new HeadObjectCommand({ Bucket, Key }))).Metadata?.['sha256'] === sha256;
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
};

async function* countedBytes(path: string, onBytes: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  let sent = 0;
  for await (const chunk of createReadStream(path)) {
    const bytes = chunk as Uint8Array;
    sent += bytes.length;
    onBytes(sent);
    yield bytes;
  }
}

/** Puts a file unless the same bytes lie there; S3 checks the hash of what arrives. */
const put = async (upload: Upload): Promise<boolean> => {
  const { Bucket, Key, path, bytes, sha256, onBytes } = upload;
  const isPut = !(await isThere(upload));
  if (isPut) {
    const Body = Readable.from(countedBytes(path, onBytes), { objectMode: false });
    const ChecksumSHA256 = Buffer.from(sha256, 'hex').toString('base64');
    const command = { Bucket, Key, Body, ContentLength: bytes, ChecksumSHA256, Metadata: { sha256 } };
    await s3Client().send(new PutObjectCommand(command));
  }
  onBytes(bytes);
  return isPut;
};

interface Present {
  model: AnyModel;
  etag: string | undefined;
}

const findManifest = async (Bucket: string, Key: string): Promise<Present | undefined> => {
  try {
    const { Body, ETag } = await s3Client().send(new GetObjectCommand({ Bucket, Key }));
    const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array(0);
    return { model: readAnyManifest(bytes), etag: ETag };
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
};

const requireSameModel = ({ id, stamp }: AnyModel, present: Present | undefined): void => {
  if (present === undefined || present.model.stamp === stamp) return;
  throw new CliError(
    `models/${id}/ holds another model, ${present.model.stamp}; indexes that it made could no longer be ` +
      'searched by vector.',
    exitCodes.conflict,
    'Choose another name with --id, or overwrite it with --replace.',
  );
};

const putManifest = async (
  bytes: Uint8Array,
  { Bucket, Key }: { Bucket: string; Key: string },
  present: Present | undefined,
): Promise<boolean> => {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (await isThere({ Bucket, Key, sha256, path: '', bytes: 0, onBytes: () => undefined })) return false;
  const condition = present?.etag === undefined ? { IfNoneMatch: '*' } : { IfMatch: present.etag };
  await s3Client().send(
    new PutObjectCommand({ Bucket, Key, Body: bytes, Metadata: { sha256 }, ...condition }),
  );
  return true;
};

/**
 * Puts a model directory where the functions load it from. Files that are there already stay; the manifest comes last,
 * as it names the rest, and only if nobody put another one meanwhile.
 */
export const uploadModel = async ({
  bucket,
  directory,
  isReplacing,
  onBytes,
}: UploadModelOptions): Promise<UploadedModel> => {
  const bytes = await readFile(join(directory, MANIFEST));
  const model = readAnyManifest(bytes);
  const prefix = `models/${model.id}/`;
  const place = { Bucket: bucket, Key: prefix + MANIFEST };
  const present = await findManifest(place.Bucket, place.Key);
  if (!isReplacing) requireSameModel(model, present);
  const uploaded: string[] = [];
  for (const [name, file] of Object.entries(model.files)) {
    const told = (sent: number) => onBytes?.(name, sent, file.bytes);
    const upload = {
      Bucket: bucket,
      Key: prefix + name,
      path: join(directory, name),
      ...file,
      onBytes: told,
    };
    if (await put(upload)) uploaded.push(name);
  }
  if (await putManifest(bytes, place, present)) uploaded.push(MANIFEST);
  return { model, uploaded };
};
