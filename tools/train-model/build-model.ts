import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packModel, type ModelManifest } from '@alluvium/embedding';
import { quantizeInt4, staticTableModel } from '@alluvium/embedding/onnx';
import { SPECIAL_TOKENS } from './vocabulary/learn-vocabulary.ts';

/** A trained table that is to become a model. */
export interface BuildModelOptions {
  directory: string;
  id: string;
  license: string;
  /** Parsed `tokenizer.json`. */
  tokenizer: object;
  /** Row-major, `vocabulary` x `dims`; rows of special tokens are overwritten. */
  table: Float32Array;
  vocabulary: number;
  dims: number;
}

const MAX_TOKENS = 512;
const CLS = SPECIAL_TOKENS.indexOf('[CLS]');
const UNKNOWN = SPECIAL_TOKENS.indexOf('[UNK]');
const GOLDEN_ANGLE = 2.399963;
const CLS_SIZE = 1e-3;

/** Special tokens say nothing, except that [CLS] gives an empty text a direction, too small to turn any other. */
const settleSpecialRows = (table: Float32Array, dims: number): void => {
  for (const id of SPECIAL_TOKENS.keys()) if (id !== UNKNOWN) table.fill(0, id * dims, (id + 1) * dims);
  for (let d = 0; d < dims; d += 1) table[CLS * dims + d] = CLS_SIZE * Math.sin(1 + d * GOLDEN_ANGLE);
};

/** Writes the model directory of a trained table: rounded to 4 bits, as ONNX, with a manifest whose probe it passes. */
export const buildModel = async (options: BuildModelOptions): Promise<ModelManifest> => {
  const { directory, id, license, tokenizer, table, vocabulary, dims } = options;
  settleSpecialRows(table, dims);
  await mkdir(directory, { recursive: true });
  const model = staticTableModel(quantizeInt4(table, vocabulary, dims), id);
  await writeFile(join(directory, 'model.onnx'), model);
  await writeFile(join(directory, 'tokenizer.json'), JSON.stringify(tokenizer));
  return packModel(directory, {
    id,
    revision: '1',
    license,
    maxTokens: MAX_TOKENS,
    queryPrefix: '',
    passagePrefix: '',
  });
};
