import { INT4_OFFSET, type Int4Table } from './int4-table.ts';
import { OnnxGraph } from './onnx-graph.ts';
import type { OnnxModel, OnnxTensor } from './read-onnx.ts';

const KIND_KEY = 'embed.kind';
const KIND = 'static-int4';
const TABLE = 'table';
const SCALES = 'scale';

/**
 * A static embedding model of standard operators: `input_ids` and `attention_mask`, int64 [batch, sequence], to
 * `sentence_embedding`, float32 [batch, dims]: the sum of the tokens' rows, made unit length.
 */
export const staticTableModel = (table: Int4Table, name: string): Uint8Array => {
  const graph = new OnnxGraph('static_embedding_int4');
  graph.input('input_ids', 'int64', ['batch', 'sequence']);
  graph.input('attention_mask', 'int64', ['batch', 'sequence']);
  graph.constant(TABLE, 'uint8', [table.rows, table.dims / 2], table.packed);
  graph.constant(SCALES, 'float32', [table.rows], table.scales);
  const four = graph.constant('four', 'uint8', [], Uint8Array.of(4));
  const mask = graph.apply('Cast', ['attention_mask'], { to: 1 });
  const weights = graph.apply('Mul', [graph.apply('Gather', [SCALES, 'input_ids'], { axis: 0 }), mask]);
  const asRow = graph.apply('Unsqueeze', [weights, graph.integers(1)]);
  const bytes = graph.apply('Gather', [TABLE, 'input_ids'], { axis: 0 });
  const high = graph.apply('BitShift', [bytes, four], { direction: 'RIGHT' });
  const low = graph.apply('Sub', [bytes, graph.apply('BitShift', [high, four], { direction: 'LEFT' })]);
  const summed = (half: string) => graph.apply('MatMul', [asRow, graph.apply('Cast', [half], { to: 1 })]);
  const both = graph.apply('Concat', [summed(low), summed(high)], { axis: 2 });
  const total = graph.apply('ReduceSum', [weights, graph.integers(1)], { keepdims: 1 });
  // The nibbles are summed as they lie there; what they are offset by is taken off once, at the end.
  const offset = graph.apply('Mul', [total, graph.real(INT4_OFFSET)]);
  const sum = graph.apply('Sub', [graph.apply('Squeeze', [both, graph.integers(1)]), offset]);
  const norm = graph.apply('ReduceL2', [sum], { axes: [1], keepdims: 1 });
  const length = graph.apply('Max', [norm, graph.real(1e-12)]);
  graph.apply('Div', [sum, length], {}, 'sentence_embedding');
  graph.output('sentence_embedding', 'float32', ['batch', table.dims]);
  const metadata = { [KIND_KEY]: KIND, 'embed.dims': String(table.dims), 'embed.name': name };
  return graph.finish({ producer: 'alluvium', metadata });
};

// A copy, as floats must begin at a multiple of four bytes; Buffer has a slice of its own, which copies nothing.
const alignedFloats = (raw: Uint8Array): Float32Array => new Float32Array(new Uint8Array(raw).buffer);

const constantOf = (model: OnnxModel, name: string, type: string): OnnxTensor | undefined => {
  const tensor = model.initializers.get(name);
  return tensor?.type === type ? tensor : undefined;
};

/**
 * The table of a model that {@link staticTableModel} wrote, or undefined for any other model. The packed rows are a
 * view of the file's bytes.
 */
export const readStaticTable = (model: OnnxModel): Int4Table | undefined => {
  if (model.metadata[KIND_KEY] !== KIND) return undefined;
  const table = constantOf(model, TABLE, 'uint8');
  const scales = constantOf(model, SCALES, 'float32');
  if (table === undefined || scales === undefined) return undefined;
  const [rows = 0, half = 0] = table.shape;
  const fits =
    table.raw.length === rows * half && scales.raw.length === rows * Float32Array.BYTES_PER_ELEMENT;
  return fits ? { rows, dims: 2 * half, packed: table.raw, scales: alignedFloats(scales.raw) } : undefined;
};
