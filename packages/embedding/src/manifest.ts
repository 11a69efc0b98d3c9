import { PipelineError } from '@alluvium/contracts';
import type { TokenizerKind } from './tokenizer.ts';

/** Size and hash of one file of a model directory. */
export interface ModelFile {
  bytes: number;
  /** Lower-case hex, 64 digits. */
  sha256: string;
}

/** A text whose vector is known: the first five components, each within `atol`. */
export interface ModelProbe {
  text: string;
  first: number[];
  atol: number;
}

/**
 * `manifest.json` of a model directory, format "embedding-model/1": the only descriptor that is read.
 * It sits beside `model.onnx` and `tokenizer.json`, on disk and in S3 alike.
 */
export interface ModelManifest {
  format: 'embedding-model/1';
  id: string;
  revision: string;
  license: string;
  dimensions: number;
  /** Tokens per text, those around it ([CLS], [SEP]) included; the rest of a longer text is not read. */
  max_tokens: number;
  tokenizer: TokenizerKind;
  /** Graph inputs, of `input_ids`, `attention_mask`, `token_type_ids`; all int64 [batch, sequence]. */
  inputs: string[];
  /** Graph output: float32 [batch, dimensions] when pooled in the graph, else [batch, sequence, dimensions]. */
  output: string;
  pooling: 'in-graph' | 'cls' | 'mean';
  normalize: 'in-graph' | 'l2';
  query_prefix: string;
  passage_prefix: string;
  /** `fp32`, `fp16`, `int8`, `int4`: texts run together only in a model of floats. */
  precision: string;
  /** Of a model of floats: texts times longest text of one run. Others run each text alone. */
  batch: { max_padded_tokens: number };
  files: Record<string, ModelFile>;
  probe: ModelProbe[];
}

/** The graph inputs that the loader knows how to fill. */
export const KNOWN_INPUTS: readonly string[] = ['input_ids', 'attention_mask', 'token_type_ids'];

const invalid = (message: string, details: Record<string, unknown> = {}, cause?: unknown) =>
  new PipelineError(message, { code: 'MODEL_INVALID', kind: 'invalid', details, cause });

type Json = Record<string, unknown>;
type Rule = [expected: string, holds: (value: unknown) => boolean];

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isString = (value: unknown): value is string => typeof value === 'string';
const isFiniteNumber = (value: unknown) => typeof value === 'number' && Number.isFinite(value);
const listOf = (value: unknown, holds: (item: unknown) => boolean): value is unknown[] =>
  Array.isArray(value) && value.length > 0 && value.every(holds);

const text: Rule = ['a string', isString];
// Ids and file names become S3 keys and paths: no separators, nothing that climbs out of the folder.
const name: Rule = ['a name of letters, digits, ".", "_" and "-"', (v) => isString(v) && isName(v)];
const isName = (value: string) => /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(value);
const integer = (min: number, max: number): Rule => [
  `an integer from ${min} to ${max}`,
  (v) => Number.isInteger(v) && (v as number) >= min && (v as number) <= max,
];
const oneOf = (...values: string[]): Rule => [
  `one of ${values.join(', ')}`,
  (v) => isString(v) && values.includes(v),
];
const isFile = (value: unknown) =>
  isObject(value) &&
  Number.isSafeInteger(value['bytes']) &&
  isString(value['sha256']) &&
  /^[0-9a-f]{64}$/.test(value['sha256']);
const isProbe = (value: unknown) =>
  isObject(value) &&
  isString(value['text']) &&
  listOf(value['first'], isFiniteNumber) &&
  isFiniteNumber(value['atol']);
const hasFiles = (value: unknown) =>
  isObject(value) &&
  Object.entries(value).every(([file, entry]) => isName(file) && isFile(entry)) &&
  'model.onnx' in value &&
  'tokenizer.json' in value;

const RULES: Record<keyof ModelManifest, Rule> = {
  format: ['"embedding-model/1"', (v) => v === 'embedding-model/1'],
  id: name,
  revision: name,
  license: text,
  dimensions: integer(1, 8192),
  max_tokens: integer(3, 32_768),
  tokenizer: oneOf('wordpiece', 'hf-json'),
  inputs: [
    `names among ${KNOWN_INPUTS.join(', ')}`,
    (v) => listOf(v, (item) => isString(item) && KNOWN_INPUTS.includes(item)),
  ],
  output: text,
  pooling: oneOf('in-graph', 'cls', 'mean'),
  normalize: oneOf('in-graph', 'l2'),
  query_prefix: text,
  passage_prefix: text,
  precision: text,
  batch: [
    '{ max_padded_tokens: 1 or more }',
    (v) => isObject(v) && Number.isInteger(v['max_padded_tokens']) && (v['max_padded_tokens'] as number) > 0,
  ],
  files: ['bytes and sha256 for at least model.onnx and tokenizer.json', hasFiles],
  probe: ['at least one { text, first: numbers, atol }', (v) => listOf(v, isProbe)],
};

/**
 * Parses and checks the bytes of a `manifest.json`. Unknown fields are kept out of the check, so that a
 * later minor format stays readable.
 * @throws PipelineError MODEL_INVALID naming the first field that is wrong and what was expected.
 */
export const readManifest = (bytes: Uint8Array): ModelManifest => {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'));
  } catch (cause) {
    throw invalid('manifest.json of the model is not JSON', { bytes: bytes.byteLength }, cause);
  }
  if (!isObject(value)) throw invalid('manifest.json of the model is not a JSON object');
  for (const [field, [expected, holds]] of Object.entries(RULES)) {
    if (!holds(value[field])) {
      throw invalid(`manifest.json of the model: "${field}" must be ${expected}`, {
        field,
        value: value[field] ?? null,
      });
    }
  }
  return value as unknown as ModelManifest;
};

/** `<id>@<first 12 hex of model.onnx's sha256>`: written on every delta, so vectors of two models never mix. */
export const modelStamp = (manifest: ModelManifest): string =>
  `${manifest.id}@${manifest.files['model.onnx']?.sha256.slice(0, 12) ?? ''}`;
