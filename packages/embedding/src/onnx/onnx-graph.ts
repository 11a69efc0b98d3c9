import { ELEMENT_TYPES, type ElementType } from './element-types.ts';
import { ProtobufWriter } from './protobuf-writer.ts';

/** Value of a node's attribute: integers as they are, reals and texts by what they are. */
export type OnnxAttribute = number | number[] | string | { float: number };

/** How a model is labelled. */
export interface OnnxModelOptions {
  producer: string;
  metadata?: Record<string, string>;
}

/** Version 17 of the standard operators (ONNX 1.12): what every onnxruntime since 1.12 runs. */
const OPSET = 17;
const IR_VERSION = 8;
const ATTRIBUTE_TYPE = { float: 1, integer: 2, text: 3, integers: 7 };

const viewOf = (data: ArrayBufferView): Uint8Array =>
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

const attribute = (name: string, value: OnnxAttribute): ProtobufWriter => {
  const writer = new ProtobufWriter().text(1, name);
  if (typeof value === 'number') return writer.integer(3, value).integer(20, ATTRIBUTE_TYPE.integer);
  if (typeof value === 'string') return writer.text(4, value).integer(20, ATTRIBUTE_TYPE.text);
  if (!Array.isArray(value)) return writer.float(2, value.float).integer(20, ATTRIBUTE_TYPE.float);
  for (const item of value) writer.integer(8, item);
  return writer.integer(20, ATTRIBUTE_TYPE.integers);
};

const valueInfo = (name: string, type: ElementType, shape: readonly (number | string)[]): ProtobufWriter => {
  const dimensions = new ProtobufWriter();
  for (const size of shape) {
    const dimension = new ProtobufWriter();
    dimensions.message(1, typeof size === 'number' ? dimension.integer(1, size) : dimension.text(2, size));
  }
  const tensorType = new ProtobufWriter().integer(1, ELEMENT_TYPES[type]).message(2, dimensions);
  return new ProtobufWriter().text(1, name).message(2, new ProtobufWriter().message(1, tensorType));
};

/**
 * An ONNX graph under construction; the same calls give the same bytes. Values are named by strings: inputs and
 * constants by the caller, results of operators by the graph.
 */
export class OnnxGraph {
  readonly #name: string;
  readonly #nodes: ProtobufWriter[] = [];
  readonly #constants = new Map<string, ProtobufWriter>();
  readonly #inputs: ProtobufWriter[] = [];
  readonly #outputs: ProtobufWriter[] = [];
  #results = 0;

  constructor(name: string) {
    this.#name = name;
  }

  /** Declares an input; named dimensions vary. */
  input(name: string, type: ElementType, shape: readonly (number | string)[]): void {
    this.#inputs.push(valueInfo(name, type, shape));
  }

  /** Declares a result as an output. */
  output(name: string, type: ElementType, shape: readonly (number | string)[]): void {
    this.#outputs.push(valueInfo(name, type, shape));
  }

  /** Adds a constant; a name that is there already is left as it is. `data` must be little-endian, of `shape`. */
  constant(name: string, type: ElementType, shape: readonly number[], data: ArrayBufferView): string {
    if (this.#constants.has(name)) return name;
    const tensor = new ProtobufWriter();
    if (shape.length > 0) tensor.packedIntegers(1, shape);
    tensor.integer(2, ELEMENT_TYPES[type]).text(8, name).bytes(9, viewOf(data));
    this.#constants.set(name, tensor);
    return name;
  }

  /** A list of int64, as shapes and axes are given. */
  integers(...values: number[]): string {
    const data = BigInt64Array.from(values, BigInt);
    return this.constant(`integers_${values.join('_')}`, 'int64', [values.length], data);
  }

  /** A single int64. */
  integer(value: number): string {
    return this.constant(`integer_${value}`, 'int64', [], BigInt64Array.of(BigInt(value)));
  }

  /** A single float32. */
  real(value: number): string {
    return this.constant(`real_${value}`, 'float32', [], Float32Array.of(value));
  }

  /** Applies an operator that has one result; returns its name, which is `result` when that is given. */
  apply(
    operator: string,
    inputs: readonly string[],
    attributes: Record<string, OnnxAttribute> = {},
    result = `${operator}_${this.#results++}`,
  ): string {
    this.#addNode(operator, inputs, attributes, [result]);
    return result;
  }

  /** Applies an operator that has `count` results. */
  applyMany(operator: string, inputs: readonly string[], count: number): string[] {
    const results = Array.from({ length: count }, () => `${operator}_${this.#results++}`);
    this.#addNode(operator, inputs, {}, results);
    return results;
  }

  #addNode(
    operator: string,
    inputs: readonly string[],
    attributes: Record<string, OnnxAttribute>,
    results: readonly string[],
  ): void {
    const node = new ProtobufWriter();
    for (const input of inputs) node.text(1, input);
    for (const result of results) node.text(2, result);
    node.text(3, `node_${this.#nodes.length}_${operator}`).text(4, operator);
    for (const [name, value] of Object.entries(attributes)) node.message(5, attribute(name, value));
    this.#nodes.push(node);
  }

  /** The whole model file. */
  finish({ producer, metadata = {} }: OnnxModelOptions): Uint8Array {
    const graph = new ProtobufWriter();
    for (const node of this.#nodes) graph.message(1, node);
    graph.text(2, this.#name);
    for (const tensor of this.#constants.values()) graph.message(5, tensor);
    for (const value of this.#inputs) graph.message(11, value);
    for (const value of this.#outputs) graph.message(12, value);
    const opset = new ProtobufWriter().text(1, '').integer(2, OPSET);
    const model = new ProtobufWriter().integer(1, IR_VERSION).text(2, producer).message(7, graph);
    model.message(8, opset);
    for (const [key, value] of Object.entries(metadata))
      model.message(14, new ProtobufWriter().text(1, key).text(2, value));
    return model.finish();
  }
}
