import { elementTypeName } from './element-types.ts';
import { integersOf, protobufFields, textOf, type ProtobufField } from './protobuf-reader.ts';

/** Input or output of a graph; a dimension is a size, or the name of one that varies, or '?'. */
export interface OnnxValue {
  name: string;
  /** `float32`, `int64`, ... */
  type: string;
  shape: (number | string)[];
}

/** A constant of a graph. */
export interface OnnxTensor {
  name: string;
  type: string;
  shape: number[];
  /** Little-endian elements, a view of the file. */
  raw: Uint8Array;
}

/** What an ONNX file says about itself. */
export interface OnnxModel {
  producer: string;
  metadata: Record<string, string>;
  /** Graph inputs, without those that only name a constant. */
  inputs: OnnxValue[];
  outputs: OnnxValue[];
  initializers: Map<string, OnnxTensor>;
  /** Names of the operators of the graph, each once; those inside of other operators are left out. */
  operators: Set<string>;
}

// Field numbers of onnx.proto3.
const MODEL = { producer: 2, graph: 7, metadata: 14 };
const GRAPH = { node: 1, initializer: 5, input: 11, output: 12 };
const NODE = { operator: 4 };
const TENSOR = { dims: 1, type: 2, name: 8, raw: 9 };

const NO_FIELD: ProtobufField = { number: 0, integer: 0, bytes: new Uint8Array(0) };

const fieldAt = (bytes: Uint8Array, number: number): ProtobufField => {
  for (const field of protobufFields(bytes)) if (field.number === number) return field;
  return NO_FIELD;
};

const readTensor = (bytes: Uint8Array): OnnxTensor => {
  const tensor: OnnxTensor = { name: '', type: '', shape: [], raw: NO_FIELD.bytes };
  for (const field of protobufFields(bytes)) {
    if (field.number === TENSOR.dims) tensor.shape.push(...integersOf(field));
    else if (field.number === TENSOR.type) tensor.type = elementTypeName(field.integer);
    else if (field.number === TENSOR.name) tensor.name = textOf(field);
    else if (field.number === TENSOR.raw) tensor.raw = field.bytes;
  }
  return tensor;
};

const readDimension = (bytes: Uint8Array): number | string => {
  for (const field of protobufFields(bytes)) return field.number === 1 ? field.integer : textOf(field);
  return '?';
};

// ValueInfoProto: name 1, type 2 > tensor_type 1 > elem_type 1, shape 2 > dim 1.
const readValue = (bytes: Uint8Array): OnnxValue => {
  const tensorType = fieldAt(fieldAt(bytes, 2).bytes, 1).bytes;
  const dimensions = [...protobufFields(fieldAt(tensorType, 2).bytes)];
  return {
    name: textOf(fieldAt(bytes, 1)),
    type: elementTypeName(fieldAt(tensorType, 1).integer),
    shape: dimensions.map((field) => readDimension(field.bytes)),
  };
};

const readGraph = (bytes: Uint8Array, model: OnnxModel): void => {
  for (const field of protobufFields(bytes)) {
    if (field.number === GRAPH.node) model.operators.add(textOf(fieldAt(field.bytes, NODE.operator)));
    else if (field.number === GRAPH.initializer) {
      const tensor = readTensor(field.bytes);
      model.initializers.set(tensor.name, tensor);
    } else if (field.number === GRAPH.input) model.inputs.push(readValue(field.bytes));
    else if (field.number === GRAPH.output) model.outputs.push(readValue(field.bytes));
  }
  model.inputs = model.inputs.filter(({ name }) => !model.initializers.has(name));
};

/**
 * Reads the head of an ONNX file: inputs, outputs, constants, metadata and which operators. Constants are views of
 * `bytes`, so that nothing is copied.
 * @throws RangeError when the bytes are no ONNX model.
 */
export const readOnnx = (bytes: Uint8Array): OnnxModel => {
  const model: OnnxModel = {
    producer: '',
    metadata: {},
    inputs: [],
    outputs: [],
    initializers: new Map(),
    operators: new Set(),
  };
  for (const field of protobufFields(bytes)) {
    if (field.number === MODEL.producer) model.producer = textOf(field);
    else if (field.number === MODEL.graph) readGraph(field.bytes, model);
    else if (field.number === MODEL.metadata)
      model.metadata[textOf(fieldAt(field.bytes, 1))] = textOf(fieldAt(field.bytes, 2));
  }
  if (model.outputs.length === 0) throw new RangeError('protobuf: this is no ONNX model, it has no output');
  return model;
};
