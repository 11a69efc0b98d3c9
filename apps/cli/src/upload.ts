import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { assertProduced, uploadManifestV1, uploadRunIdOf, type UploadManifestV1 } from '@alluvium/contracts';
import { mapLimit, s3Client } from '@alluvium/lambda-kit';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';

const CONCURRENT_PUTS = 16;
/** Files up to this size are read whole; larger ones are streamed. */
const SMALL_BYTES = 1024 * 1024;

/** One file to upload: where it lies here, and what the manifest says of it. */
export interface UploadFile {
  file: string;
  entry: UploadManifestV1['files'][number];
}

/** An upload to the inbox of a collection. */
export interface Upload {
  bucket: string;
  collection: string;
  source: string;
  uploadId: string;
  createdAt: string;
  files: UploadFile[];
}

const prefixOf = ({ collection, uploadId }: Upload): string => `inbox/${collection}/${uploadId}/`;

const putFile = async (upload: Upload, { file, entry }: UploadFile): Promise<void> => {
  const Body = entry.bytes <= SMALL_BYTES ? await readFile(file) : createReadStream(file);
  const Key = prefixOf(upload) + entry.path;
  await s3Client().send(
    new PutObjectCommand({ Bucket: upload.bucket, Key, Body, ContentLength: entry.bytes }),
  );
};

/** Manifest of an upload that already lies in the inbox, or undefined. */
const findManifest = async (Bucket: string, Key: string): Promise<Uint8Array | undefined> => {
  try {
    const { Body } = await s3Client().send(new GetObjectCommand({ Bucket, Key }));
    return await Body?.transformToByteArray();
  } catch (error) {
    if ((error as Error).name === 'NoSuchKey') return undefined;
    throw error;
  }
};

/**
 * Puts the files into the inbox, then the manifest that starts the run; returns the runId. An upload that is already
 * complete is not repeated.
 */
export const uploadToInbox = async (
  upload: Upload,
  onFile: (done: number) => void = () => undefined,
): Promise<string> => {
  const { bucket, collection, source, uploadId, createdAt } = upload;
  const key = `${prefixOf(upload)}_upload.json`;
  let manifest = await findManifest(bucket, key);
  if (manifest === undefined) {
    let done = 0;
    await mapLimit(upload.files, CONCURRENT_PUTS, async (file) => {
      await putFile(upload, file);
      onFile((done += 1));
    });
    const files = upload.files.map(({ entry }) => entry);
    const document = assertProduced(uploadManifestV1, { collection, uploadId, source, createdAt, files });
    manifest = Buffer.from(JSON.stringify(document));
    await s3Client().send(
      new PutObjectCommand({ Bucket: bucket, Key: key, Body: manifest, IfNoneMatch: '*' }),
    );
  }
  return uploadRunIdOf({ collection, source, manifest });
};
