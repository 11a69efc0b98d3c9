import { PipelineError } from '@alluvium/contracts';
import { packContainer, requirePlane, unpackContainer, type ContainerFormat } from '../bytes/container.ts';
import { isCount, isText, recordOf, wrongField } from '../bytes/json-shapes.ts';
import type { Delta, DeltaDocument } from './delta.ts';
import { documentFault, type DocumentShape } from './document-shape.ts';
import { dequantize, quantize } from './int8-rows.ts';
import { corruptObject } from '../store/store-errors.ts';
import { bytesOf, float32sOf, int8sOf } from '../bytes/typed-bytes.ts';

const FORMAT: ContainerFormat = { magic: 'ALVDELTA', version: 1, oldestVersion: 1, noun: 'delta' };

type DeltaHead = Omit<Delta, 'documents'> & { rows: number };

const invalid = (message: string, details: Record<string, unknown>): PipelineError =>
  new PipelineError(message, { code: 'DELTA_INVALID', kind: 'invalid', details });

const shapeOf = (document: DeltaDocument): DocumentShape => ({
  ...document,
  chunks: document.chunks.map(({ chunkId, ordinal, text, start, end }) => ({
    chunkId,
    ordinal,
    text,
    start,
    end,
  })),
});

const packVectors = ({ model, documents }: Delta, rows: number) => {
  const components = new Int8Array(rows * model.dims);
  const scales = new Float32Array(rows);
  let row = 0;
  for (const { chunks } of documents)
    for (const { vector } of chunks) {
      const quantized = quantize(vector, model.dims);
      components.set(quantized.components, row * model.dims);
      scales[row] = quantized.scale;
      row += 1;
    }
  return { components, scales };
};

// Present when some chunk keeps its floats; the others are in it as well, at unit length or not.
const floatPlane = ({ model, documents }: Delta, rows: number): { name: string; bytes: Uint8Array }[] => {
  const chunks = documents.flatMap((document) => document.chunks);
  if (!chunks.some(({ keepsFloats }) => keepsFloats)) return [];
  const floats = new Float32Array(rows * model.dims);
  chunks.forEach(({ vector }, row) => {
    floats.set(vector, row * model.dims);
  });
  return [{ name: 'floats', bytes: bytesOf(floats) }];
};

/**
 * `delta.v1`: checksummed planes `head` and `documents` (JSON), `rows` (int8, rows x dims), `scales` (f32 a row), and where
 * chunks keep them `floats` (f32, rows x dims). Vectors come back as they were given where floats are kept, else as unit vectors,
 * each component within 1/254 of the largest one.
 * Errors: DELTA_INVALID (a document's fields), VECTOR_INVALID (NaN, zero, wrong dims).
 */
export const encodeDelta = (delta: Delta): Uint8Array => {
  const { documents, ...identity } = delta;
  const shapes = documents.map((document) => {
    const shape = shapeOf(document);
    const fault = documentFault(shape);
    if (fault !== undefined)
      throw invalid(`Document ${document.documentId} cannot be encoded: ${fault}`, {
        documentId: document.documentId,
      });
    return shape;
  });
  const rows = documents.reduce((sum, { chunks }) => sum + chunks.length, 0);
  const { components, scales } = packVectors(delta, rows);
  const head: DeltaHead = { ...identity, rows };
  return packContainer(FORMAT, [
    { name: 'head', bytes: Buffer.from(JSON.stringify(head)) },
    { name: 'documents', bytes: Buffer.from(JSON.stringify(shapes)) },
    { name: 'rows', bytes: bytesOf(components) },
    { name: 'scales', bytes: bytesOf(scales) },
    ...floatPlane(delta, rows),
  ]).bytes;
};

const parsePlane = (name: string, bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch (cause) {
    throw invalid(`Plane ${name} of the delta is no JSON: ${String(cause)}`, { plane: name });
  }
};

const HEAD = {
  deltaId: isText,
  collection: isText,
  runId: isText,
  attempt: isCount,
  part: isCount,
  rows: isCount,
  model: recordOf({ id: isText, dims: (value) => isCount(value) && value > 0 }),
};

const assertShapes = (value: unknown): DocumentShape[] => {
  if (!Array.isArray(value)) throw invalid('Plane documents of the delta is no list', { plane: 'documents' });
  value.forEach((document, index) => {
    const fault = documentFault(document);
    if (fault !== undefined)
      throw invalid(`Document ${index} of the delta: ${fault}`, { plane: 'documents', index });
  });
  return value as DocumentShape[];
};

const assertSizes = (
  dims: number,
  { rows, chunks, components, scales }: Record<'rows' | 'chunks' | 'components' | 'scales', number>,
): void => {
  const wrong =
    components !== rows * dims
      ? 'rows'
      : scales !== rows * 4
        ? 'scales'
        : chunks !== rows
          ? 'head'
          : undefined;
  if (wrong === undefined) return;
  throw corruptObject(
    'DELTA_CORRUPT',
    `The delta is corrupt in plane ${wrong}: ${chunks} chunks, ${components} components and ${scales} bytes of scales for ${rows} rows`,
    { plane: wrong, offset: 0 },
  );
};

const attachVectors = (
  shapes: DocumentShape[],
  vectors: Float32Array,
  { dims, keepsFloats }: { dims: number; keepsFloats: boolean },
): DeltaDocument[] => {
  let row = 0;
  return shapes.map((shape) => ({
    ...shape,
    chunks: shape.chunks.map((chunk) => {
      const vector = vectors.subarray(row * dims, (row + 1) * dims);
      row += 1;
      return { ...chunk, vector, ...(keepsFloats && { keepsFloats }) };
    }),
  }));
};

const unpackVectors = (components: Int8Array, scales: Float32Array, dims: number): Float32Array => {
  const vectors = new Float32Array(scales.length * dims);
  scales.forEach((scale, row) => {
    if (!Number.isFinite(scale) || scale <= 0)
      throw invalid(`Row ${row} of the delta has the scale ${scale}`, { plane: 'scales', offset: row * 4 });
    const [start, end] = [row * dims, (row + 1) * dims];
    dequantize(components.subarray(start, end), scale, vectors.subarray(start, end));
  });
  return vectors;
};

/**
 * Reads `delta.v1` and checks every byte.
 * Errors: DELTA_CORRUPT (truncated or changed; details name plane and offset), FORMAT_UNSUPPORTED (a newer version),
 * DELTA_INVALID (well stored, wrongly made).
 */
export const decodeDelta = (bytes: Uint8Array): Delta => {
  const planes = unpackContainer(FORMAT, bytes);
  const head = parsePlane('head', requirePlane(FORMAT, planes, 'head'));
  const headFault = wrongField(HEAD, head);
  if (headFault !== undefined) throw invalid(`The head of the delta: ${headFault}`, { plane: 'head' });
  const shapes = assertShapes(parsePlane('documents', requirePlane(FORMAT, planes, 'documents')));
  const components = int8sOf(requirePlane(FORMAT, planes, 'rows'));
  const scaleBytes = requirePlane(FORMAT, planes, 'scales');
  const chunks = shapes.reduce((sum, shape) => sum + shape.chunks.length, 0);
  const { rows, ...identity } = head as DeltaHead;
  assertSizes(identity.model.dims, {
    rows,
    chunks,
    components: components.length,
    scales: scaleBytes.length,
  });
  const { dims } = identity.model;
  const quantized = unpackVectors(components, float32sOf(scaleBytes), dims);
  const floats = planes.get('floats');
  const vectors = floats ? float32sOf(floats) : quantized;
  if (floats && floats.length !== quantized.byteLength)
    throw corruptObject('DELTA_CORRUPT', 'The delta is corrupt in plane floats: it does not fit its rows', {
      plane: 'floats',
      offset: 0,
    });
  return {
    ...identity,
    documents: attachVectors(shapes, vectors, { dims, keepsFloats: floats !== undefined }),
  };
};
