import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { PipelineError } from '@alluvium/contracts';
import type { ModelSource } from './model-source.ts';

/** A model that lies in a folder, as `git clone` of a repository leaves it. */
export const folderSource = (folder: string): ModelSource => ({
  name: basename(resolve(folder)),
  revision: undefined,
  async read(path, maxBytes) {
    const file = join(folder, path);
    const found = await stat(file).catch(() => undefined);
    if (found?.isFile() !== true) return undefined;
    if (found.size > maxBytes) {
      throw new PipelineError(`${file} has ${found.size} bytes, more than ${maxBytes}`, {
        code: 'MODEL_INVALID',
        kind: 'invalid',
        details: { file, bytes: found.size, maxBytes },
      });
    }
    return { body: createReadStream(file), bytes: found.size };
  },
});
