/** Element types of ONNX tensors by name, with the numbers of TensorProto.DataType. */
export const ELEMENT_TYPES = { float32: 1, uint8: 2, int8: 3, int32: 6, int64: 7, float16: 10 } as const;

/** Name of an element type that is read and written here. */
export type ElementType = keyof typeof ELEMENT_TYPES;

/** The name of a TensorProto.DataType, or its number where it is another. */
export const elementTypeName = (type: number): string =>
  Object.entries(ELEMENT_TYPES).find(([, value]) => value === type)?.[0] ?? `type ${type}`;
