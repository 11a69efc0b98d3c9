import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { bertModel, type BertShape } from './bert-model.ts';
import { tinyWordPiece } from './tiny-tokenizers.ts';

/** A small encoder: it opens in milliseconds and means nothing. */
export const TINY_BERT: BertShape = {
  layers: 1,
  hidden: 16,
  heads: 2,
  intermediate: 32,
  vocabulary: 320,
  maxTokens: 64,
  precision: 'fp32',
};

/** What a repository of a hub holds; what is not given is as sentence-transformers writes it. */
export interface HubFolderOptions {
  shape?: BertShape;
  tokenizer?: object;
  pooling?: 'cls' | 'mean' | 'max' | 'none';
  prompts?: Record<string, string>;
  modelPath?: string;
  /** Further files, by path; undefined leaves one out. */
  files?: Record<string, string | undefined>;
}

const filesOf = ({
  shape = TINY_BERT,
  tokenizer = tinyWordPiece(),
  pooling = 'cls',
  prompts = {},
  modelPath = 'onnx/model.onnx',
  files = {},
}: HubFolderOptions): Record<string, string | Uint8Array | undefined> => ({
  'README.md': '---\nlicense: mit\ntags:\n- made-up\n---\n# Made up\n',
  'config.json': JSON.stringify({
    model_type: 'bert',
    hidden_size: shape.hidden,
    max_position_embeddings: shape.maxTokens,
  }),
  'tokenizer.json': JSON.stringify(tokenizer),
  'tokenizer_config.json': JSON.stringify({ model_max_length: 1e30, tokenizer_class: 'BertTokenizer' }),
  'sentence_bert_config.json': JSON.stringify({ max_seq_length: 32, do_lower_case: false }),
  '1_Pooling/config.json':
    pooling === 'none'
      ? undefined
      : JSON.stringify({
          word_embedding_dimension: shape.hidden,
          pooling_mode_cls_token: pooling === 'cls',
          pooling_mode_mean_tokens: pooling === 'mean',
          pooling_mode_max_tokens: pooling === 'max',
        }),
  'config_sentence_transformers.json': JSON.stringify({ prompts }),
  [modelPath]: bertModel(shape),
  ...files,
});

/** Writes a repository of a made-up model into `folder`, laid out as on the hub. */
export const writeHubFolder = async (folder: string, options: HubFolderOptions = {}): Promise<void> => {
  for (const [path, content] of Object.entries(filesOf(options))) {
    if (content === undefined) continue;
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  }
};
