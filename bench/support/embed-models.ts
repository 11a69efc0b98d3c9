import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packModel } from '@alluvium/embedding';
import { OnnxGraph } from '@alluvium/embedding/onnx';
import { bertModel, type BertShape } from '@alluvium/testkit/bert-model';
import { seededNormals } from '@alluvium/testkit/seeded-normals';
import { tinyWordPiece } from '@alluvium/testkit/tiny-tokenizers';

/** The shape of bge-small-en-v1.5: 12 layers of 384 dimensions, 33 million weights. */
export const BGE_SMALL = {
  layers: 12,
  hidden: 384,
  heads: 12,
  intermediate: 1536,
  vocabulary: 30_522,
  maxTokens: 512,
} as const;

export type Precision = BertShape['precision'];

/** Writes an encoder of that shape with random weights into `folder`, as a model directory. */
export const writeEncoder = async (folder: string, precision: Precision): Promise<string> => {
  const directory = join(folder, precision);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'model.onnx'), bertModel({ ...BGE_SMALL, precision }));
  writeFileSync(join(directory, 'tokenizer.json'), JSON.stringify(tinyWordPiece()));
  await packModel(directory, {
    id: `bge-small-shape-${precision}`,
    revision: 'random',
    license: 'none',
    maxTokens: BGE_SMALL.maxTokens,
    pooling: 'cls',
    queryPrefix: '',
    passagePrefix: '',
  });
  return directory;
};

/** Shapes of the inputs of the model of products, for one text of `tokens` tokens. */
export const productInputs = (tokens: number): Record<string, number[]> => ({
  narrow: [tokens, BGE_SMALL.hidden],
  wide: [tokens, BGE_SMALL.intermediate],
  query: [BGE_SMALL.heads, tokens, BGE_SMALL.hidden / BGE_SMALL.heads],
  key: [BGE_SMALL.heads, BGE_SMALL.hidden / BGE_SMALL.heads, tokens],
  shares: [BGE_SMALL.heads, tokens, tokens],
});

type Weights = (rows: number, columns: number) => string;

const weightsOf = (graph: OnnxGraph, precision: Precision): Weights => {
  const random = seededNormals(1);
  let made = 0;
  return (rows, columns) => {
    const values = random(rows * columns, 0.05);
    const name = `weights${String(made++)}`;
    if (precision === 'fp32') return graph.constant(name, 'float32', [rows, columns], values);
    const rounded = Int8Array.from(values, (value) => Math.max(-127, Math.min(127, Math.round(value * 500))));
    return graph.constant(name, 'int8', [rows, columns], rounded);
  };
};

/**
 * The matrix products of the encoder and nothing else, as fast as onnxruntime does them: every product of all layers, with
 * weights of its own, each reduced to one number so that it is not left out.
 */
export const productsModel = (precision: Precision): Uint8Array => {
  const graph = new OnnxGraph('products');
  const dense = precision === 'fp32' ? 'float32' : 'uint8';
  const { hidden, intermediate, heads, layers } = BGE_SMALL;
  graph.input('narrow', dense, ['tokens', hidden]);
  graph.input('wide', dense, ['tokens', intermediate]);
  graph.input('query', 'float32', [heads, 'tokens', hidden / heads]);
  graph.input('key', 'float32', [heads, hidden / heads, 'tokens']);
  graph.input('shares', 'float32', [heads, 'tokens', 'tokens']);
  const weights = weightsOf(graph, precision);
  const product = precision === 'fp32' ? 'MatMul' : 'MatMulInteger';
  const reduced = (value: string) => graph.apply('ReduceMax', [value], { keepdims: 0 });
  const results: string[] = [];
  for (let layer = 0; layer < layers; layer += 1) {
    for (let part = 0; part < 4; part += 1)
      results.push(reduced(graph.apply(product, ['narrow', weights(hidden, hidden)])));
    results.push(reduced(graph.apply(product, ['narrow', weights(hidden, intermediate)])));
    results.push(reduced(graph.apply(product, ['wide', weights(intermediate, hidden)])));
  }
  const attention: string[] = [];
  for (let layer = 0; layer < layers; layer += 1) {
    // A factor of its own for each layer, as equal products would be done once.
    const scaled = graph.apply('Mul', ['query', graph.real(1 + layer / 100)]);
    attention.push(reduced(graph.apply('MatMul', [scaled, 'key'])));
    attention.push(reduced(graph.apply('MatMul', ['shares', scaled])));
  }
  graph.apply('Max', results, {}, 'dense');
  graph.apply('Max', attention, {}, 'attention');
  graph.output('dense', precision === 'fp32' ? 'float32' : 'int32', []);
  graph.output('attention', 'float32', []);
  return graph.finish({ producer: 'alluvium-bench' });
};
