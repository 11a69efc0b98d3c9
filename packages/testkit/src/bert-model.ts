import { OnnxGraph } from '@alluvium/embedding/onnx';
import { seededNormals } from './seeded-normals.ts';

/** Shape of a BERT encoder of random weights. */
export interface BertShape {
  layers: number;
  hidden: number;
  heads: number;
  /** Width of the feed-forward layers, commonly four times `hidden`. */
  intermediate: number;
  vocabulary: number;
  maxTokens: number;
  /** int8: weights of 8 bits, activations quantized dynamically, as the models named "quantized" do. */
  precision: 'fp32' | 'int8';
  /** Whether the graph pools the first token and gives `sentence_embedding` besides `last_hidden_state`. */
  isPooled?: boolean;
  seed?: number;
}

const DEVIATION = 0.05;
const BIAS_DEVIATION = 0.01;
const LARGEST_INT8 = 127;
const MASKED = -3.4028234663852886e38;

const absolutes = (values: Float32Array): number =>
  values.reduce((max, value) => Math.max(max, Math.abs(value)), 0);

/** Writes an encoder with the operators that exports of Hugging Face's models have. */
class BertWriter {
  readonly graph = new OnnxGraph('bert');
  readonly #shape: BertShape;
  readonly #random: (count: number, deviation: number) => Float32Array;
  readonly #quantized = new Map<string, string[]>();

  constructor(shape: BertShape) {
    this.#shape = shape;
    this.#random = seededNormals(shape.seed ?? 1);
  }

  weights(name: string, shape: number[], deviation = DEVIATION): string {
    const count = shape.reduce((product, size) => product * size, 1);
    return this.graph.constant(name, 'float32', shape, this.#random(count, deviation));
  }

  // Activations are quantized once, however many layers read them.
  #quantize(input: string): string[] {
    const known = this.#quantized.get(input) ?? this.graph.applyMany('DynamicQuantizeLinear', [input], 3);
    this.#quantized.set(input, known);
    return known;
  }

  #integerProduct(input: string, name: string, shape: [number, number]): string {
    const { graph } = this;
    const values = this.#random(shape[0] * shape[1], DEVIATION);
    const scale = absolutes(values) / LARGEST_INT8;
    const rounded = Int8Array.from(values, (value) => Math.round(value / scale));
    const weights = graph.constant(`${name}_quantized`, 'int8', shape, rounded);
    const weightScale = graph.constant(`${name}_scale`, 'float32', [], Float32Array.of(scale));
    const weightZero = graph.constant(`${name}_zero`, 'int8', [], Int8Array.of(0));
    const [data = '', inputScale = '', inputZero = ''] = this.#quantize(input);
    const sums = graph.apply('MatMulInteger', [data, weights, inputZero, weightZero]);
    const scales = graph.apply('Mul', [inputScale, weightScale]);
    return graph.apply('Mul', [graph.apply('Cast', [sums], { to: 1 }), scales]);
  }

  linear(input: string, name: string, shape: [number, number]): string {
    const product =
      this.#shape.precision === 'int8'
        ? this.#integerProduct(input, name, shape)
        : this.graph.apply('MatMul', [input, this.weights(name, shape)]);
    return this.graph.apply('Add', [this.weights(`${name}_bias`, [shape[1]], BIAS_DEVIATION), product]);
  }

  normalize(input: string, name: string): string {
    const { hidden } = this.#shape;
    const gain = this.graph.constant(`${name}_gain`, 'float32', [hidden], new Float32Array(hidden).fill(1));
    const bias = this.weights(`${name}_bias`, [hidden], BIAS_DEVIATION);
    return this.graph.apply('LayerNormalization', [input, gain, bias], {
      axis: -1,
      epsilon: { float: 1e-12 },
    });
  }

  embeddings(): string {
    const { graph } = this;
    const { vocabulary, hidden, maxTokens } = this.#shape;
    const words = graph.apply('Gather', [this.weights('words', [vocabulary, hidden]), 'input_ids'], {
      axis: 0,
    });
    const types = graph.apply('Gather', [this.weights('types', [2, hidden]), 'token_type_ids'], { axis: 0 });
    const length = graph.apply('Gather', [graph.apply('Shape', ['input_ids']), graph.integers(1)], {
      axis: 0,
    });
    const table = this.weights('positions', [maxTokens, hidden]);
    const positions = graph.apply('Slice', [table, graph.integers(0), length, graph.integers(0)]);
    const sum = graph.apply('Add', [graph.apply('Add', [words, types]), positions]);
    return this.normalize(sum, 'embeddings');
  }

  /** What is added to attention scores: 0 for tokens, the least float for padding; [batch, 1, 1, sequence]. */
  mask(): string {
    const { graph } = this;
    const spread = graph.apply('Unsqueeze', ['attention_mask', graph.integers(1, 2)]);
    const absent = graph.apply('Sub', [graph.real(1), graph.apply('Cast', [spread], { to: 1 })]);
    return graph.apply('Mul', [absent, graph.real(MASKED)]);
  }

  #attention(input: string, layer: string, mask: string): string {
    const { graph } = this;
    const { hidden, heads } = this.#shape;
    const width = hidden / heads;
    const split = (name: string, perm: number[]) => {
      const parts = graph.integers(0, 0, heads, width);
      const projected = this.linear(input, `${layer}_${name}`, [hidden, hidden]);
      return graph.apply('Transpose', [graph.apply('Reshape', [projected, parts])], { perm });
    };
    const products = graph.apply('MatMul', [split('query', [0, 2, 1, 3]), split('key', [0, 2, 3, 1])]);
    const scores = graph.apply('Add', [graph.apply('Div', [products, graph.real(Math.sqrt(width))]), mask]);
    const shares = graph.apply('Softmax', [scores], { axis: -1 });
    const context = graph.apply('MatMul', [shares, split('value', [0, 2, 1, 3])]);
    const joined = graph.apply('Transpose', [context], { perm: [0, 2, 1, 3] });
    return this.linear(graph.apply('Reshape', [joined, graph.integers(0, 0, hidden)]), `${layer}_output`, [
      hidden,
      hidden,
    ]);
  }

  layer(input: string, layer: string, mask: string): string {
    const { graph } = this;
    const { hidden, intermediate } = this.#shape;
    const attended = graph.apply('Add', [this.#attention(input, layer, mask), input]);
    const middle = this.normalize(attended, `${layer}_attention`);
    const wide = this.linear(middle, `${layer}_up`, [hidden, intermediate]);
    const error = graph.apply('Erf', [graph.apply('Div', [wide, graph.real(Math.SQRT2)])]);
    const gelu = graph.apply('Mul', [wide, graph.apply('Add', [error, graph.real(1)])]);
    const halved = graph.apply('Mul', [gelu, graph.real(0.5)]);
    const narrow = this.linear(halved, `${layer}_down`, [intermediate, hidden]);
    return this.normalize(graph.apply('Add', [narrow, middle]), layer);
  }
}

/**
 * An ONNX file of a BERT encoder with random weights, the same for the same shape: `input_ids`, `attention_mask` and
 * `token_type_ids`, int64 [batch, sequence], to `last_hidden_state`, float32 [batch, sequence, hidden].
 */
export const bertModel = (shape: BertShape): Uint8Array => {
  const writer = new BertWriter(shape);
  const { graph } = writer;
  for (const name of ['input_ids', 'attention_mask', 'token_type_ids'])
    graph.input(name, 'int64', ['batch', 'sequence']);
  const mask = writer.mask();
  let state = writer.embeddings();
  for (let layer = 0; layer < shape.layers; layer++) state = writer.layer(state, `layer${layer}`, mask);
  graph.apply('Identity', [state], {}, 'last_hidden_state');
  graph.output('last_hidden_state', 'float32', ['batch', 'sequence', shape.hidden]);
  if (shape.isPooled === true) {
    graph.apply('Gather', [state, graph.integer(0)], { axis: 1 }, 'sentence_embedding');
    graph.output('sentence_embedding', 'float32', ['batch', shape.hidden]);
  }
  return graph.finish({ producer: 'alluvium-testkit' });
};
