import { open, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PipelineError } from '@alluvium/contracts';
import type { ByteSource } from '../fetch-model.ts';
import type { ModelFile, ModelManifest } from '../manifest.ts';
import { describeBytes, requireSame } from '../model-files.ts';
import { readHubConfig, type HubConfig } from './hub-config.ts';
import type { KnownModel } from './known-models.ts';
import type { ModelSource, OnBytes } from './model-source.ts';
import { packModel, type ModelDescription } from './pack-model.ts';

/** What may be told of a model where its files do not say it, or say it wrong. */
export interface ModelChoices {
  id?: string | undefined;
  /** Path of the ONNX file in the source; by default the usual places are looked at. */
  modelPath?: string | undefined;
  precision?: 'fp32' | 'fp16' | 'int8' | undefined;
  pooling?: 'cls' | 'mean' | undefined;
  maxTokens?: number | undefined;
  queryPrefix?: string | undefined;
  passagePrefix?: string | undefined;
  license?: string | undefined;
}

/** A model to bring into a directory. */
export interface ImportModelOptions {
  source: ModelSource;
  /** Where model.onnx, tokenizer.json and manifest.json are put; made when it is not there. */
  directory: string;
  choices?: ModelChoices;
  /** A model whose files must be exactly these. */
  known?: KnownModel | undefined;
  onBytes?: OnBytes;
}

const MAX_MODEL_BYTES = 2_000_000_000;
const MAX_TOKENIZER_BYTES = 100_000_000;
const DEFAULT_MAX_TOKENS = 512;

const PATHS = {
  fp32: ['onnx/model.onnx', 'model.onnx'],
  fp16: ['onnx/model_fp16.onnx', 'model_fp16.onnx'],
  int8: ['onnx/model_quantized.onnx', 'onnx/model_int8.onnx', 'model_quantized.onnx', 'model_int8.onnx'],
};

const missing = (source: ModelSource, paths: readonly string[]): PipelineError =>
  new PipelineError(`${source.name} has no ${paths.join(', ')}`, {
    code: 'MODEL_INVALID',
    kind: 'invalid',
    details: { source: source.name, paths },
  });

interface Saving {
  path: string;
  expected: ModelFile | undefined;
  bytes: number | undefined;
  onBytes: (bytes: number, totalBytes: number) => void;
}

const save = async (body: ByteSource, { path, expected, bytes, onBytes }: Saving): Promise<void> => {
  const total = bytes ?? expected?.bytes ?? 0;
  const file = await open(path, 'w');
  try {
    async function* writing() {
      let written = 0;
      for await (const chunk of body instanceof Uint8Array ? [body] : body) {
        await file.writeFile(chunk);
        written += chunk.byteLength;
        onBytes(written, total);
        yield chunk;
      }
      if (bytes === undefined) onBytes(written, written);
      if (bytes !== undefined && written !== bytes) {
        const message = `${path} has ${written} bytes, ${bytes} were announced`;
        throw new PipelineError(message, { code: 'MODEL_DOWNLOAD_FAILED', kind: 'unavailable' });
      }
    }
    const found = await describeBytes(writing());
    if (expected !== undefined) requireSame(path, expected, found);
  } finally {
    await file.close();
  }
};

type Read = NonNullable<Awaited<ReturnType<ModelSource['read']>>>;

const findFirst = async (
  source: ModelSource,
  paths: readonly string[],
  maxBytes: number,
): Promise<Read & { path: string }> => {
  for (const path of paths) {
    const found = await source.read(path, maxBytes);
    if (found !== undefined) return { ...found, path };
  }
  throw missing(source, paths);
};

const modelPaths = ({ modelPath, precision }: ModelChoices): readonly string[] => {
  if (modelPath !== undefined) return [modelPath];
  return precision === undefined ? [...PATHS.fp32, ...PATHS.int8, ...PATHS.fp16] : PATHS[precision];
};

/** Brings model and tokenizer; returns the names of further files that belong to the model. */
const saveFiles = async ({ source, directory, choices = {}, known, onBytes }: ImportModelOptions) => {
  const paths = known === undefined ? modelPaths(choices) : [known.modelPath];
  const bring = async (read: Read, name: string, expected?: ModelFile) => {
    const path = join(directory, name);
    const told = (bytes: number, total: number) => onBytes?.(name, bytes, total);
    await save(read.body, { path, expected, bytes: read.bytes, onBytes: told });
  };
  const tokenizer = await findFirst(source, ['tokenizer.json'], MAX_TOKENIZER_BYTES);
  await bring(tokenizer, 'tokenizer.json', known?.tokenizer);
  const model = await findFirst(source, paths, MAX_MODEL_BYTES);
  await bring(model, 'model.onnx', known?.model);
  // Weights beside the graph are named in it by the name of their own file.
  const data = known === undefined ? await source.read(`${model.path}_data`, MAX_MODEL_BYTES) : undefined;
  if (data === undefined) return [];
  const name = `${model.path.split('/').at(-1) ?? ''}_data`;
  await bring(data, name);
  return [name];
};

const describedBy = (config: HubConfig, { source, choices = {} }: ImportModelOptions): ModelDescription => {
  const chosen = Object.fromEntries(Object.entries(choices).filter(([, value]) => value !== undefined));
  const { maxTokens = DEFAULT_MAX_TOKENS, license = 'unknown' } = config;
  const id = source.name.split('/').at(-1) ?? source.name;
  return { ...config, id, revision: source.revision ?? 'local', maxTokens, license, ...chosen };
};

const describedAs = (known: KnownModel, { choices = {} }: ImportModelOptions): ModelDescription => ({
  ...known,
  id: choices.id ?? known.id,
  references: [known.reference],
});

/**
 * Brings a model of a folder or a hub into a directory that loadEmbedder opens, and writes its manifest: from the
 * repository's configuration files, or from what is known of the model.
 * @throws PipelineError MODEL_DOWNLOAD_FAILED, MODEL_CORRUPT for a file that is not the known one, MODEL_INVALID,
 * MODEL_PROBE_FAILED.
 */
export const importModel = async (options: ImportModelOptions): Promise<ModelManifest> => {
  await mkdir(options.directory, { recursive: true });
  const { known, source } = options;
  const description =
    known === undefined ? describedBy(await readHubConfig(source), options) : describedAs(known, options);
  const extraFiles = await saveFiles(options);
  return packModel(options.directory, description, extraFiles);
};
