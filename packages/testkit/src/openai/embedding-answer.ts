import { fakeVector } from './fake-vector.ts';

/** An answer of the fake: a status and a body. */
export interface FakeAnswer {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
}

/** An error as the API words it. */
export const apiError = (
  status: number,
  message: string,
  code: string | null = null,
  headers: Record<string, string> = {},
): FakeAnswer => ({
  status,
  headers,
  body: { error: { message, type: 'invalid_request_error', param: null, code } },
});

const MAX_INPUTS = 2048;
const MAX_TOKENS = 8192;
const CHARACTERS_PER_TOKEN = 4;

interface EmbeddingBody {
  model?: unknown;
  input?: unknown;
  encoding_format?: unknown;
  dimensions?: unknown;
}

const tokensOf = (text: string): number => Math.ceil(text.length / CHARACTERS_PER_TOKEN);

const faultOf = (inputs: unknown[]): string | undefined => {
  if (inputs.length === 0 || inputs.length > MAX_INPUTS)
    return `'$.input' has ${inputs.length} items, not 1 to ${MAX_INPUTS}`;
  if (!inputs.every((input) => typeof input === 'string')) return "'$.input' is invalid";
  if (inputs.includes('')) return "'$.input' cannot be an empty string";
  if (inputs.some((input) => tokensOf(input) > MAX_TOKENS))
    return `This model's maximum context length is ${MAX_TOKENS} tokens`;
  return undefined;
};

const encode = (vector: Float32Array, format: unknown): string | number[] =>
  format === 'base64'
    ? Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString('base64')
    : [...vector];

/** What POST /embeddings answers. */
export const embeddingAnswer = (body: unknown, defaultDims: number): FakeAnswer => {
  const { model, input, encoding_format: format, dimensions } = (body ?? {}) as EmbeddingBody;
  if (typeof model !== 'string') return apiError(400, 'you must provide a model parameter');
  const inputs = Array.isArray(input) ? (input as unknown[]) : [input];
  const fault = faultOf(inputs);
  if (fault !== undefined) return apiError(400, fault);
  const texts = inputs as string[];
  const dims = typeof dimensions === 'number' ? dimensions : defaultDims;
  const tokens = texts.reduce((sum, text) => sum + tokensOf(text), 0);
  const data = texts.map((text, index) => ({
    ...{ object: 'embedding', index },
    embedding: encode(fakeVector(text, dims), format),
  }));
  return {
    status: 200,
    body: { object: 'list', data, model, usage: { prompt_tokens: tokens, total_tokens: tokens } },
  };
};
