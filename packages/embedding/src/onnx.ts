export { ELEMENT_TYPES, type ElementType } from './onnx/element-types.ts';
export { quantizeInt4, type Int4Table } from './onnx/int4-table.ts';
export { OnnxGraph, type OnnxAttribute, type OnnxModelOptions } from './onnx/onnx-graph.ts';
export { readOnnx, type OnnxModel, type OnnxTensor, type OnnxValue } from './onnx/read-onnx.ts';
export { readStaticTable, staticTableModel } from './onnx/static-table-model.ts';
