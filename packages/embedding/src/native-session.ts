import { PipelineError } from '@alluvium/contracts';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import type { ModelManifest } from './manifest.ts';
import { invalidModel, type ModelSession, type SessionOptions } from './model-session.ts';
import { pool } from './pooling.ts';

type Runtime = typeof import('onnxruntime-node');

const importRuntime = async (manifest: ModelManifest): Promise<Runtime> => {
  try {
    return await import('onnxruntime-node');
  } catch (cause) {
    throw new PipelineError(`the model ${manifest.id} needs onnxruntime-node, which is not installed here`, {
      code: 'MODEL_RUNTIME_MISSING',
      kind: 'unavailable',
      details: { model: manifest.id },
      cause,
    });
  }
};

const checkInputs = ({ inputNames }: InferenceSession, { inputs }: ModelManifest): void => {
  const given = new Set(inputNames);
  if (given.size === inputs.length && inputs.every((input) => given.has(input))) return;
  throw invalidModel(`the model takes ${inputNames.join(', ')}, not ${inputs.join(', ')}`, {
    expected: inputs,
    found: inputNames,
  });
};

const checkOutput = (session: InferenceSession, manifest: ModelManifest): void => {
  const output = session.outputMetadata.find(({ name }) => name === manifest.output);
  if (output?.isTensor !== true) {
    throw invalidModel(`the model has no output ${manifest.output}`, { found: session.outputNames });
  }
  const rank = manifest.pooling === 'in-graph' ? 2 : 3;
  const width = output.shape.at(-1);
  const widthFits = typeof width !== 'number' || width < 0 || width === manifest.dimensions;
  if (output.type === 'float32' && output.shape.length === rank && widthFits) return;
  throw invalidModel(
    `the output ${manifest.output} is ${output.type} [${output.shape.join(', ')}], ` +
      `not float32 of rank ${rank} with ${manifest.dimensions} dimensions`,
    { type: output.type, shape: output.shape, dimensions: manifest.dimensions },
  );
};

/** One input as int64 [texts, longest]; where a text is shorter, 0 stands: no id matters under a mask of 0. */
const inputValues = (name: string, texts: readonly (readonly number[])[], longest: number): BigInt64Array => {
  const values = new BigInt64Array(texts.length * longest);
  if (name === 'token_type_ids') return values;
  // Only the low words are written (every platform of the runtime is little-endian): no bigint per token.
  const words = new Int32Array(values.buffer);
  for (const [row, ids] of texts.entries()) {
    const start = row * longest;
    for (const [position, id] of ids.entries())
      words[2 * (start + position)] = name === 'attention_mask' ? 1 : id;
  }
  return values;
};

const createSession = async (
  runtime: Runtime,
  { modelPath, threads }: SessionOptions,
): Promise<InferenceSession> => {
  try {
    // By path, because a buffer would be copied. Severity 4: what goes wrong arrives as an error, it need not be
    // printed on stderr too.
    const options = { intraOpNumThreads: threads, logSeverityLevel: 4 } as const;
    return await runtime.InferenceSession.create(modelPath, options);
  } catch (cause) {
    const details = { path: modelPath, reason: String(cause) };
    throw invalidModel(`onnxruntime cannot open ${modelPath}: ${String(cause)}`, details, cause);
  }
};

const outputOf = async (
  session: InferenceSession,
  feeds: Record<string, Tensor>,
  { id, output }: ModelManifest,
): Promise<Float32Array> => {
  try {
    return (await session.run(feeds, [output]))[output]?.data as Float32Array;
  } catch (cause) {
    throw new PipelineError(`the model ${id} does not run: ${String(cause)}`, {
      code: 'MODEL_RUN_FAILED',
      kind: 'internal',
      details: { model: id },
      cause,
    });
  }
};

/**
 * Opens a model with onnxruntime. The runtime is imported here and not at the top, so that a bundle that never embeds
 * does not load its 20 MB.
 * @throws PipelineError MODEL_INVALID when the runtime refuses the file or it contradicts the manifest,
 * MODEL_RUNTIME_MISSING where the runtime is not installed.
 */
export const openNativeSession = async (options: SessionOptions): Promise<ModelSession> => {
  const { manifest } = options;
  const runtime = await importRuntime(manifest);
  const session = await createSession(runtime, options);
  try {
    checkInputs(session, manifest);
    checkOutput(session, manifest);
  } catch (error) {
    await session.release();
    throw error;
  }
  return {
    async run(texts) {
      const longest = Math.max(...texts.map((ids) => ids.length));
      const feeds: Record<string, Tensor> = {};
      for (const name of manifest.inputs) {
        const values = inputValues(name, texts, longest);
        feeds[name] = new runtime.Tensor('int64', values, [texts.length, longest]);
      }
      const data = await outputOf(session, feeds, manifest);
      const stride = data.length / texts.length;
      return texts.map((ids, row) => {
        const own = data.subarray(row * stride, (row + 1) * stride);
        return pool(
          manifest.pooling === 'mean' ? own.subarray(0, ids.length * manifest.dimensions) : own,
          manifest,
        );
      });
    },
    close: () => session.release(),
  };
};
