import { readFile } from 'node:fs/promises';
import type { ModelManifest } from './manifest.ts';
import { invalidModel, type ModelSession, type SessionOptions } from './model-session.ts';
import { INT4_OFFSET, type Int4Table } from './onnx/int4-table.ts';
import { readOnnx } from './onnx/read-onnx.ts';
import { readStaticTable } from './onnx/static-table-model.ts';
import { pool } from './pooling.ts';

const tableOf = async ({ modelPath, manifest }: SessionOptions): Promise<Int4Table | undefined> => {
  const bytes = await readFile(modelPath);
  try {
    return readStaticTable(readOnnx(bytes));
  } catch (cause) {
    throw invalidModel(`model.onnx of ${manifest.id} is not an ONNX model`, { path: modelPath }, cause);
  }
};

const requireFit = (table: Int4Table, manifest: ModelManifest): void => {
  const isAsTold = manifest.pooling === 'in-graph' && manifest.output === 'sentence_embedding';
  const inputs = ['attention_mask', 'input_ids'];
  if (
    isAsTold &&
    table.dims === manifest.dimensions &&
    String([...manifest.inputs].sort()) === String(inputs)
  )
    return;
  throw invalidModel(
    `the model is a table of ${table.dims} dimensions from input_ids and attention_mask to a pooled ` +
      `sentence_embedding, not what the manifest of ${manifest.id} says`,
    {
      dimensions: table.dims,
      expected: manifest.dimensions,
      inputs: manifest.inputs,
      output: manifest.output,
    },
  );
};

const TOGETHER = 4;

interface Gathered {
  starts: Int32Array;
  weights: Float64Array;
}

/** The tokens of a text: where their rows begin, and their scales; filled up with rows of scale 0 to whole fours. */
const gather = ({ scales, rows, dims }: Int4Table, ids: readonly number[]): Gathered => {
  const size = Math.ceil(ids.length / TOGETHER) * TOGETHER;
  const starts = new Int32Array(size);
  const weights = new Float64Array(size);
  for (const [at, id] of ids.entries()) {
    if (id >= rows) throw new RangeError(`token ${id} is not among the ${rows} of the table`);
    starts[at] = (id * dims) / 2;
    weights[at] = scales[id] ?? 0;
  }
  return { starts, weights };
};

/**
 * Adds the rows of the four tokens from `at` on. Together, because each sum is then read and written once for them: it
 * takes two thirds of the time. No index leaves its array, hence `as number`, and nothing is destructured, which takes
 * four times as long.
 */
const addFour = (packed: Uint8Array, { starts, weights }: Gathered, at: number, sum: Float64Array): void => {
  const half = sum.length / 2;
  const a = starts[at] as number;
  const b = starts[at + 1] as number;
  const c = starts[at + 2] as number;
  const d = starts[at + 3] as number;
  const u = weights[at] as number;
  const v = weights[at + 1] as number;
  const w = weights[at + 2] as number;
  const x = weights[at + 3] as number;
  for (let i = 0; i < half; i++) {
    const p = packed[a + i] as number;
    const q = packed[b + i] as number;
    const r = packed[c + i] as number;
    const s = packed[d + i] as number;
    const low = u * (p & 15) + v * (q & 15) + w * (r & 15) + x * (s & 15);
    const high = u * (p >> 4) + v * (q >> 4) + w * (r >> 4) + x * (s >> 4);
    sum[i] = (sum[i] as number) + low;
    sum[i + half] = (sum[i + half] as number) + high;
  }
};

/** The sum of the rows of a text's tokens, Float64Array(`dims`). */
const sumRows = (table: Int4Table, ids: readonly number[]): Float64Array => {
  const sum = new Float64Array(table.dims);
  const gathered = gather(table, ids);
  const { weights } = gathered;
  for (let at = 0; at < weights.length; at += TOGETHER) addFour(table.packed, gathered, at, sum);
  let offset = 0;
  for (const weight of weights) offset += INT4_OFFSET * weight;
  for (let d = 0; d < sum.length; d++) sum[d] = (sum[d] as number) - offset;
  return sum;
};

const unitOf = (sum: Float64Array): Float32Array => {
  let squares = 0;
  for (const component of sum) squares += component * component;
  const length = Math.max(Math.sqrt(squares), 1e-12);
  const unit = new Float32Array(sum.length);
  for (const [d, component] of sum.entries()) unit[d] = component / length;
  return unit;
};

// As onnxruntime does: a run holds the thread, and between two of them other work is not starved.
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * Opens a static token table without onnxruntime, or resolves to undefined for any other model. It adds in double
 * precision and in the order of the tokens, so a text has the same bytes on every processor; a component differs from
 * onnxruntime's, which adds in single precision, by less than 1e-6.
 * @throws PipelineError MODEL_INVALID for a file that is no model or contradicts the manifest.
 */
export const openPlainSession = async (options: SessionOptions): Promise<ModelSession | undefined> => {
  const table = await tableOf(options);
  if (table === undefined) return undefined;
  const { manifest } = options;
  requireFit(table, manifest);
  return {
    async run(texts) {
      await nextTurn();
      return texts.map((ids) => pool(unitOf(sumRows(table, ids)), manifest));
    },
    close: () => Promise.resolve(),
  };
};
