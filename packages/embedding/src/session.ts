import { PipelineError } from '@alluvium/contracts';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import type { ModelManifest } from './manifest.ts';
import { pool } from './pooling.ts';

/** An open model: the token ids of one text in, its unit vector out. */
export interface ModelSession {
  /** The event loop is free before a run, not during it. */
  run(ids: readonly number[]): Promise<Float32Array>;
  close(): Promise<void>;
}

const invalid = (message: string, details: Record<string, unknown>, cause?: unknown) =>
  new PipelineError(message, { code: 'MODEL_INVALID', kind: 'invalid', details, cause });

const checkInterface = (session: InferenceSession, manifest: ModelManifest): void => {
  const given = new Set(session.inputNames);
  const same = given.size === manifest.inputs.length && manifest.inputs.every((input) => given.has(input));
  if (!same) {
    throw invalid(`the model takes ${session.inputNames.join(', ')}, not ${manifest.inputs.join(', ')}`, {
      expected: manifest.inputs,
      found: session.inputNames,
    });
  }
  const output = session.outputMetadata.find(({ name }) => name === manifest.output);
  if (output?.isTensor !== true) {
    throw invalid(`the model has no output ${manifest.output}`, { found: session.outputNames });
  }
  const rank = manifest.pooling === 'in-graph' ? 2 : 3;
  const width = output.shape.at(-1);
  const widthFits = typeof width !== 'number' || width === manifest.dimensions;
  if (output.type !== 'float32' || output.shape.length !== rank || !widthFits) {
    throw invalid(
      `the output ${manifest.output} is ${output.type} [${output.shape.join(', ')}], ` +
        `not float32 of rank ${rank} with ${manifest.dimensions} dimensions`,
      { type: output.type, shape: output.shape, dimensions: manifest.dimensions },
    );
  }
};

const inputValues = (name: string, ids: readonly number[]): BigInt64Array => {
  const values = new BigInt64Array(ids.length);
  if (name === 'attention_mask') return values.fill(1n);
  // Only the low words are written (every platform of the runtime is little-endian): no bigint per token.
  if (name === 'input_ids') {
    const words = new Int32Array(values.buffer);
    for (const [position, id] of ids.entries()) words[2 * position] = id;
  }
  return values;
};

/**
 * Opens `modelPath` with onnxruntime. The runtime is imported here and not at the top, so that a bundle that
 * never embeds does not load its 20 MB; the model is given by path, because a buffer would be copied.
 * @throws PipelineError MODEL_INVALID when the runtime refuses the file or it contradicts the manifest.
 */
export const openSession = async (
  modelPath: string,
  manifest: ModelManifest,
  threads: number,
): Promise<ModelSession> => {
  const runtime = await import('onnxruntime-node');
  let session: InferenceSession;
  try {
    // Severity 4: what goes wrong arrives as an error, it need not be printed on stderr too.
    session = await runtime.InferenceSession.create(modelPath, {
      intraOpNumThreads: threads,
      logSeverityLevel: 4,
    });
  } catch (cause) {
    throw invalid(`onnxruntime cannot open ${modelPath}`, { path: modelPath, reason: String(cause) }, cause);
  }
  try {
    checkInterface(session, manifest);
  } catch (error) {
    await session.release();
    throw error;
  }
  return {
    async run(ids) {
      const feeds: Record<string, Tensor> = {};
      for (const name of manifest.inputs) {
        feeds[name] = new runtime.Tensor('int64', inputValues(name, ids), [1, ids.length]);
      }
      const output = (await session.run(feeds, [manifest.output]))[manifest.output];
      return pool(output?.data as Float32Array, manifest);
    },
    close: () => session.release(),
  };
};
