import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ModelFile, ModelManifest } from '../../src/index.ts';

/** The built-in model's directory. */
export const builtIn = fileURLToPath(new URL('../../models/alluvium-384', import.meta.url));

/** Runs `use` with a folder that is removed afterwards. */
export const inTemporaryFolder = async <T>(use: (folder: string) => Promise<T>): Promise<T> => {
  const folder = await mkdtemp(join(tmpdir(), 'alluvium-model-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
};

/** The built-in model's manifest, fresh to change. */
export const builtInManifest = async (): Promise<ModelManifest> =>
  JSON.parse(await readFile(join(builtIn, 'manifest.json'), 'utf8')) as ModelManifest;

/** A copy of the built-in model in `folder`, its manifest changed. */
export const copyModel = async (folder: string, change: Partial<ModelManifest> = {}): Promise<void> => {
  await cp(builtIn, folder, { recursive: true });
  await writeFile(join(folder, 'manifest.json'), JSON.stringify({ ...(await builtInManifest()), ...change }));
};

/** Size and hash of bytes, as a manifest holds them. */
export const describe = (bytes: Uint8Array): ModelFile => ({
  bytes: bytes.byteLength,
  sha256: createHash('sha256').update(bytes).digest('hex'),
});
