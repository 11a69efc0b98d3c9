import { readFile } from 'node:fs/promises';
import { s3Client } from '@alluvium/lambda-kit';
import { HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { sha256Hex } from '@alluvium/contracts';

/** The model that comes with the project. */
export const BUILT_IN_MODEL = 'alluvium-384';

const FOLDER = new URL(`../../../../packages/embedding/models/${BUILT_IN_MODEL}/`, import.meta.url);
const FILES = ['model.onnx', 'tokenizer.json', 'manifest.json'];

const isThere = async (Bucket: string, Key: string, sha256: string): Promise<boolean> => {
  try {
    const { Metadata } = await s3Client().send(new HeadObjectCommand({ Bucket, Key }));
    return Metadata?.['sha256'] === sha256;
  } catch (error) {
    if ((error as Error).name === 'NotFound') return false;
    throw error;
  }
};

/** Puts the built-in model where the embed and query functions load it from; the manifest last, for it names the rest. */
export const seedModel = async (bucket: string): Promise<void> => {
  for (const file of FILES) {
    const Body = await readFile(new URL(file, FOLDER));
    const sha256 = sha256Hex(Body);
    const Key = `models/${BUILT_IN_MODEL}/${file}`;
    if (await isThere(bucket, Key, sha256)) continue;
    await s3Client().send(new PutObjectCommand({ Bucket: bucket, Key, Body, Metadata: { sha256 } }));
  }
};
