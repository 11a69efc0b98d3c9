import { join } from 'node:path';
import { TINY_BERT, writeHubFolder, type BertShape } from '@alluvium/testkit';
import { folderSource, importModel, type ModelChoices, type ModelManifest } from '../../src/index.ts';

/** A made-up encoder as a model directory in `folder`; its hub folder lies beside it. */
export const writeEncoder = async (
  folder: string,
  options: { shape?: Partial<BertShape>; choices?: ModelChoices; tokenizer?: object } = {},
): Promise<{ directory: string; manifest: ModelManifest }> => {
  const hub = join(folder, 'hub');
  const shape = { ...TINY_BERT, ...options.shape };
  await writeHubFolder(hub, {
    shape,
    pooling: 'none',
    ...(options.tokenizer !== undefined && { tokenizer: options.tokenizer }),
  });
  const directory = join(folder, 'model');
  const choices = { id: 'made-up', pooling: 'cls', maxTokens: shape.maxTokens, ...options.choices } as const;
  return { directory, manifest: await importModel({ source: folderSource(hub), directory, choices }) };
};
