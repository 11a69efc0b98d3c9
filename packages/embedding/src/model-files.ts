import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PipelineError } from '@alluvium/contracts';
import { readManifest, type ModelFile, type ModelManifest } from './manifest.ts';

/** Size and sha256 of a stream of bytes, computed without holding it. */
export const describeBytes = async (chunks: AsyncIterable<Uint8Array>): Promise<ModelFile> => {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.byteLength;
    hash.update(chunk);
  }
  return { bytes, sha256: hash.digest('hex') };
};

/** The error for a file that is not what the manifest says: MODEL_CORRUPT. */
export const corrupt = (message: string, details: Record<string, unknown>, cause?: unknown): PipelineError =>
  new PipelineError(message, { code: 'MODEL_CORRUPT', kind: 'corrupt', details, cause });

/** @throws PipelineError MODEL_CORRUPT when size or hash differ. */
export const requireSame = (file: string, expected: ModelFile, found: ModelFile): void => {
  if (found.bytes === expected.bytes && found.sha256 === expected.sha256) return;
  throw corrupt(
    `${file} has ${found.bytes} bytes and sha256 ${found.sha256.slice(0, 12)}..., ` +
      `not ${expected.bytes} and ${expected.sha256.slice(0, 12)}...`,
    { file, expected, found },
  );
};

/**
 * Reads the manifest of a model directory and proves every file in it.
 * @throws PipelineError MODEL_INVALID without a readable manifest, MODEL_CORRUPT for a missing or changed file.
 */
export const verifyDirectory = async (directory: string): Promise<ModelManifest> => {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(join(directory, 'manifest.json'));
  } catch (cause) {
    throw new PipelineError(`no readable manifest.json in ${directory}`, {
      code: 'MODEL_INVALID',
      kind: 'invalid',
      details: { directory },
      cause,
    });
  }
  const manifest = readManifest(bytes);
  for (const [name, expected] of Object.entries(manifest.files)) {
    const path = join(directory, name);
    let found: ModelFile;
    try {
      found = await describeBytes(createReadStream(path));
    } catch (cause) {
      throw corrupt(`${path} cannot be read`, { path, expected }, cause);
    }
    requireSame(path, expected, found);
  }
  return manifest;
};
