import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const made: string[] = [];

/** An empty folder that lasts until `removeFolders`. */
export const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'plane-cache-'));
  made.push(folder);
  return folder;
};

export const removeFolders = (): void => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
};

/** Bytes that follow from key and length. */
export const bytesOfKey = (key: string, sizeBytes: number): Uint8Array =>
  Uint8Array.from(
    { length: sizeBytes },
    (_, index) => key.length * 31 + index * 7 + key.charCodeAt(index % key.length),
  );
