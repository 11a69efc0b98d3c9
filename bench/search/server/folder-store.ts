import { rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { PipelineError } from '@alluvium/contracts';
import type { ByteRange, ObjectStore, PutCondition } from '@alluvium/vector-store';
import { BucketFolder, type FileObject } from './bucket-folder.ts';

const read = async ({ file, sizeBytes }: FileObject, range: ByteRange | undefined): Promise<Uint8Array> => {
  const { start, end } = range ?? { start: 0, end: sizeBytes };
  const body = new Uint8Array(Math.min(end, sizeBytes) - start);
  const handle = await open(file);
  try {
    await handle.read(body, 0, body.length, start);
  } finally {
    await handle.close();
  }
  return body;
};

const assertCondition = (key: string, found: FileObject | undefined, condition: PutCondition): void => {
  const { ifNoneMatch, ifMatch } = condition;
  if ((ifNoneMatch === undefined || !found) && (ifMatch === undefined || found?.etag === ifMatch)) return;
  const details = { key, ...condition };
  throw new PipelineError(`${key} is not as expected`, {
    code: 'PRECONDITION_FAILED',
    kind: 'conflict',
    details,
  });
};

/** A bucket as a folder of files, for one process that writes: what is built here is what the range server serves. */
export const folderObjectStore = (root: string, bucket: string): ObjectStore => {
  const folder = new BucketFolder(root);
  const pathOf = (key: string): string => `${bucket}/${key}`;
  return {
    get: async (key, { range, ifNoneMatch } = {}) => {
      const found = folder.find(pathOf(key));
      if (!found) return undefined;
      if (found.etag === ifNoneMatch) return 'not-modified';
      const { etag, sizeBytes } = found;
      return { key, body: await read(found, range), etag, sizeBytes };
    },
    put: async (key, body, condition = {}) => {
      await Promise.resolve();
      assertCondition(key, folder.find(pathOf(key)), condition);
      return { etag: folder.put(pathOf(key), body).etag };
    },
    list: async function* (prefix) {
      await Promise.resolve();
      for (const [key, { sizeBytes, lastModified, etag }] of folder.list(bucket, prefix))
        yield { key, sizeBytes, lastModified, etag };
    },
    delete: async (key) => {
      await Promise.resolve();
      const found = folder.find(pathOf(key));
      if (found) rmSync(found.file);
    },
  };
};
