import { createReadStream } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PipelineError } from '@alluvium/contracts';
import { loadEmbedder } from '../load-embedder.ts';
import { readManifest, type ModelFile, type ModelManifest, type ModelProbe } from '../manifest.ts';
import { describeBytes } from '../model-files.ts';
import { requireProbe } from '../probe.ts';
import { tokenizerKind } from '../tokenizer-of.ts';
import { inspectModel, probeTolerance, type ModelFacts } from './inspect-model.ts';

/** What the files of a model do not say. */
export interface ModelDescription {
  id: string;
  revision: string;
  license: string;
  /** Needed where the graph leaves it open. */
  dimensions?: number | undefined;
  maxTokens: number;
  /** Needed where the graph does not pool. */
  pooling?: 'cls' | 'mean' | undefined;
  queryPrefix: string;
  passagePrefix: string;
  /** Vectors known from elsewhere, which the model must give. */
  references?: readonly ModelProbe[];
}

const MAX_PADDED_TOKENS = 512;
const PROBED_COMPONENTS = 5;
const PROBE_TEXTS = ['hello world', 'How do I cook rice?', 'Événement: naïve café, 東京 2024!'];
/** Nothing is known of a new model's vectors; any of length 1 will do until they are written down. */
const ANY_VECTOR: ModelProbe = { text: 'hello world', first: [0], atol: 2 };

const missing = (id: string, what: string): PipelineError =>
  new PipelineError(`neither the files of ${id} nor you say ${what}`, {
    code: 'MODEL_INVALID',
    kind: 'invalid',
    details: { id },
  });

const describeFiles = async (
  directory: string,
  names: readonly string[],
): Promise<Record<string, ModelFile>> => {
  const described: Record<string, ModelFile> = {};
  for (const name of names) described[name] = await describeBytes(createReadStream(join(directory, name)));
  return described;
};

const readJson = async (path: string): Promise<unknown> => {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw new PipelineError(`${path} is not JSON`, { code: 'MODEL_INVALID', kind: 'invalid', cause });
  }
};

const poolingOf = (facts: ModelFacts, { id, pooling }: ModelDescription): ModelManifest['pooling'] => {
  if (facts.isPooled) return 'in-graph';
  if (pooling === undefined)
    throw missing(id, 'how to pool: name pooling cls or mean, its model card tells which');
  return pooling;
};

const draft = async (
  directory: string,
  description: ModelDescription,
  extraFiles: readonly string[],
): Promise<ModelManifest> => {
  const facts = await inspectModel(join(directory, 'model.onnx'));
  const dimensions = facts.dimensions ?? description.dimensions;
  if (dimensions === undefined) throw missing(description.id, 'how many dimensions its vectors have');
  return {
    format: 'embedding-model/1',
    id: description.id,
    revision: description.revision,
    license: description.license,
    dimensions,
    max_tokens: description.maxTokens,
    tokenizer: tokenizerKind(await readJson(join(directory, 'tokenizer.json'))),
    inputs: facts.inputs,
    output: facts.output,
    pooling: poolingOf(facts, description),
    // Once more where the graph does it already: that changes nothing.
    normalize: 'l2',
    query_prefix: description.queryPrefix,
    passage_prefix: description.passagePrefix,
    precision: facts.precision,
    batch: { max_padded_tokens: MAX_PADDED_TOKENS },
    files: await describeFiles(directory, ['model.onnx', 'tokenizer.json', ...extraFiles]),
    probe: [ANY_VECTOR],
  };
};

const write = async (directory: string, manifest: ModelManifest): Promise<void> => {
  const bytes = Buffer.from(`${JSON.stringify(manifest, undefined, 2)}\n`);
  readManifest(bytes);
  await writeFile(join(directory, 'manifest.json'), bytes);
};

/** The first components of every probe text, without the prefixes. */
const measureProbes = async (
  directory: string,
  manifest: ModelManifest,
  references: readonly ModelProbe[],
): Promise<ModelProbe[]> => {
  await write(directory, { ...manifest, passage_prefix: '' });
  const embedder = await loadEmbedder({ directory });
  try {
    const embed = (texts: readonly string[]) => embedder.embedPassages(texts);
    await requireProbe({ ...manifest, probe: [...references] }, embed);
    const vectors = await embed(PROBE_TEXTS);
    return PROBE_TEXTS.map((text, index) => ({
      text,
      first: [...(vectors[index] ?? [])].slice(0, PROBED_COMPONENTS).map((value) => Number(value.toFixed(7))),
      atol: probeTolerance(manifest.precision),
    }));
  } finally {
    await embedder.close();
  }
};

/**
 * Makes a folder with `model.onnx` and `tokenizer.json` a model directory: reads the graph, hashes the files, opens
 * the model, checks it against vectors known from elsewhere, and writes `manifest.json` with vectors of its own to
 * probe it by later. `extraFiles` belong to the model as well, such as weights beside the graph.
 * @throws PipelineError MODEL_INVALID or MODEL_PROBE_FAILED; no manifest is left behind then.
 */
export const packModel = async (
  directory: string,
  description: ModelDescription,
  extraFiles: readonly string[] = [],
): Promise<ModelManifest> => {
  try {
    const drafted = await draft(directory, description, extraFiles);
    const probe = await measureProbes(directory, drafted, description.references ?? []);
    const manifest = { ...drafted, probe };
    await write(directory, manifest);
    return manifest;
  } catch (error) {
    await rm(join(directory, 'manifest.json'), { force: true });
    throw error;
  }
};
