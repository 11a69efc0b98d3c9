import { PipelineError } from '@alluvium/contracts';
import type { ByteSource } from '../fetch-model.ts';
import { countAt, fieldsOf, textAt, type JsonFields } from './json-fields.ts';
import type { ModelSource } from './model-source.ts';

/** What the configuration files of a sentence-transformers or transformers.js repository say of a model. */
export interface HubConfig {
  dimensions: number | undefined;
  /** Tokens of one text, those around it included. */
  maxTokens: number | undefined;
  pooling: 'cls' | 'mean' | undefined;
  queryPrefix: string;
  passagePrefix: string;
  license: string | undefined;
}

const MAX_CONFIG_BYTES = 5_000_000;
/** Models of RoBERTa's family number positions from two on, so two of those in their config do not exist. */
const OFFSET_POSITIONS = new Set(['roberta', 'xlm-roberta', 'camembert', 'mpnet']);
const OFFSET = 2;

const wholeOf = async (body: ByteSource): Promise<Buffer> => {
  if (body instanceof Uint8Array) return Buffer.from(body);
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
};

const readText = async (source: ModelSource, path: string): Promise<string | undefined> => {
  const file = await source.read(path, MAX_CONFIG_BYTES);
  return file === undefined ? undefined : (await wholeOf(file.body)).toString('utf8');
};

const readFields = async (source: ModelSource, path: string): Promise<JsonFields> => {
  const text = await readText(source, path);
  if (text === undefined) return {};
  try {
    return fieldsOf(JSON.parse(text));
  } catch (cause) {
    throw new PipelineError(`${path} of ${source.name} is not JSON`, {
      code: 'MODEL_INVALID',
      kind: 'invalid',
      details: { path },
      cause,
    });
  }
};

const POOLING_MODES = { pooling_mode_cls_token: 'cls', pooling_mode_mean_tokens: 'mean' } as const;

/** How token vectors become one, from `1_Pooling/config.json`. */
const poolingOf = (fields: JsonFields): HubConfig['pooling'] => {
  const named = textAt(fields, 'pooling_mode');
  if (named === 'cls' || named === 'mean') return named;
  const modes = Object.keys(fields).filter(
    (name) => name.startsWith('pooling_mode_') && fields[name] === true,
  );
  const [mode] = modes;
  if (mode === undefined && named === undefined) return undefined;
  const known = POOLING_MODES[mode as keyof typeof POOLING_MODES] as 'cls' | 'mean' | undefined;
  if (modes.length === 1 && known !== undefined) return known;
  const found = named ?? modes.join(' with ');
  throw new PipelineError(`1_Pooling/config.json asks for ${found}; cls and mean are supported`, {
    code: 'MODEL_INVALID',
    kind: 'invalid',
    details: { found },
  });
};

const smallest = (...counts: (number | undefined)[]): number | undefined => {
  const known = counts.filter((count) => count !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
};

const positionsOf = (config: JsonFields): number | undefined => {
  const positions = countAt(config, 'max_position_embeddings');
  const isOffset = OFFSET_POSITIONS.has(textAt(config, 'model_type') ?? '');
  return positions === undefined || !isOffset ? positions : positions - OFFSET;
};

const licenseOf = (readme: string | undefined): string | undefined => {
  const frontMatter = /^---\r?\n([\s\S]*?)\r?\n---/.exec(readme ?? '')?.[1] ?? '';
  return /^license:\s*["']?([\w.+-]+)["']?\s*$/m.exec(frontMatter)?.[1];
};

/**
 * Reads the configuration files that describe a model; each may be missing, and what it would have said then is
 * undefined.
 * @throws PipelineError MODEL_INVALID for a file that is not JSON, or for pooling other than cls and mean.
 */
export const readHubConfig = async (source: ModelSource): Promise<HubConfig> => {
  const config = await readFields(source, 'config.json');
  const tokenizer = await readFields(source, 'tokenizer_config.json');
  const sentences = await readFields(source, 'sentence_bert_config.json');
  const pooling = await readFields(source, '1_Pooling/config.json');
  const { prompts } = await readFields(source, 'config_sentence_transformers.json');
  const prefixes = fieldsOf(prompts);
  return {
    dimensions: countAt(pooling, 'word_embedding_dimension') ?? countAt(config, 'hidden_size'),
    maxTokens: smallest(
      countAt(sentences, 'max_seq_length'),
      countAt(tokenizer, 'model_max_length'),
      positionsOf(config),
    ),
    pooling: poolingOf(pooling),
    queryPrefix: textAt(prefixes, 'query') ?? '',
    passagePrefix: textAt(prefixes, 'passage') ?? textAt(prefixes, 'document') ?? '',
    license: licenseOf(await readText(source, 'README.md')),
  };
};
