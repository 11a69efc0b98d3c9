import { readFile } from 'node:fs/promises';
import { PipelineError } from '@alluvium/contracts';
import { KNOWN_INPUTS, type ModelManifest } from '../manifest.ts';
import { readOnnx, type OnnxModel, type OnnxValue } from '../onnx/read-onnx.ts';

/** What a model file says of itself. */
export interface ModelFacts {
  inputs: string[];
  output: string;
  /** Whether the graph gives one vector a text; else it gives one a token. */
  isPooled: boolean;
  /** Undefined where the file leaves it open. */
  dimensions: number | undefined;
  precision: 'fp32' | 'fp16' | 'int8' | 'int4';
}

const POOLED = 'sentence_embedding';
const PER_TOKEN = ['last_hidden_state', 'token_embeddings'];

/** Operators that compute with integers, or with activations rounded to them. */
const QUANTIZED = /^(DynamicQuantize|MatMulInteger|ConvInteger|QLinear|QAttention|QuantizeLinear|QGemm)/;

const invalid = (message: string, details: Record<string, unknown> = {}, cause?: unknown) =>
  new PipelineError(message, { code: 'MODEL_INVALID', kind: 'invalid', details, cause });

const precisionOf = ({ operators, initializers, metadata }: OnnxModel): ModelFacts['precision'] => {
  const names = [...operators];
  if (operators.has('MatMulNBits') || metadata['embed.kind'] === 'static-int4') return 'int4';
  if (names.some((name) => QUANTIZED.test(name))) return 'int8';
  return [...initializers.values()].some(({ type }) => type === 'float16') ? 'fp16' : 'fp32';
};

const findOutput = (outputs: readonly OnnxValue[]): OnnxValue => {
  const pooled = outputs.find(({ name, shape }) => name === POOLED && shape.length === 2);
  if (pooled !== undefined) return pooled;
  const perToken = outputs.filter(({ shape }) => shape.length === 3);
  const found = perToken.find(({ name }) => PER_TOKEN.includes(name)) ?? perToken[0];
  if (found !== undefined) return found;
  const told = outputs.map(({ name, shape }) => `${name} [${shape.join(', ')}]`).join('; ');
  throw invalid(
    `the model gives ${told}: neither ${POOLED} [batch, dimensions] nor vectors of tokens [batch, sequence, dimensions]`,
    { outputs },
  );
};

const inputsOf = ({ inputs }: OnnxModel): string[] => {
  const names = inputs.map(({ name }) => name);
  const unknown = inputs.filter(({ name, type }) => !KNOWN_INPUTS.includes(name) || type !== 'int64');
  if (unknown.length === 0 && names.includes('input_ids')) return names;
  const told = inputs.map(({ name, type }) => `${name} (${type})`).join(', ');
  throw invalid(`the model takes ${told}; inputs may be ${KNOWN_INPUTS.join(', ')}, all int64`, { inputs });
};

/**
 * Reads what inputs and output an ONNX file has and how it computes.
 * @throws PipelineError MODEL_INVALID for a file that is no model of sentences.
 */
export const inspectModel = async (path: string): Promise<ModelFacts> => {
  let model: OnnxModel;
  try {
    model = readOnnx(await readFile(path));
  } catch (cause) {
    throw invalid(`${path} is not an ONNX model (${String(cause)})`, { path }, cause);
  }
  const output = findOutput(model.outputs);
  if (output.type !== 'float32')
    throw invalid(`the output ${output.name} is ${output.type}, not float32`, { output });
  const width = output.shape.at(-1);
  return {
    inputs: inputsOf(model),
    output: output.name,
    isPooled: output.shape.length === 2,
    dimensions: typeof width === 'number' && width > 0 ? width : undefined,
    precision: precisionOf(model),
  };
};

/** How far a vector may lie from the manifest's on another processor: integers are summed in other ways there. */
export const probeTolerance = (precision: ModelManifest['precision']): number =>
  ({ fp32: 1e-3, int4: 1e-4 })[precision] ?? 1e-2;
