import {
  assertReadable,
  canonicalJson,
  embeddingProviderV1,
  PipelineError,
  sha256Hex,
  type EmbeddingProviderV1,
} from '@alluvium/contracts';

/** manifest.json of a model that a provider runs. */
export type ProviderManifest = EmbeddingProviderV1;

/** Where OpenAI's own API begins. */
export const OPENAI_URL = 'https://api.openai.com/v1';

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

const invalid = (message: string, details: Record<string, unknown>): PipelineError =>
  new PipelineError(message, { code: 'MODEL_INVALID', kind: 'invalid', details });

const parse = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch (cause) {
    throw new PipelineError('manifest.json of the model is not JSON', {
      ...{ code: 'MODEL_INVALID', kind: 'invalid', cause },
    });
  }
};

// A key that travels in the clear is a key that is lost.
const assertSafeUrl = ({ id, provider: { baseUrl, secret } }: ProviderManifest): void => {
  if (baseUrl === undefined) return;
  const { protocol, hostname, username, password } = new URL(baseUrl);
  const isPlain = protocol === 'http:' && (secret === undefined || LOOPBACK.has(hostname));
  if ((protocol === 'https:' || isPlain) && username === '' && password === '') return;
  throw invalid(`baseUrl of ${id} must be https without a user; http is for this machine, or without a key`, {
    field: 'provider.baseUrl',
    protocol,
    hostname,
  });
};

/**
 * Reads the bytes of a `manifest.json`; undefined for a model of another format, which lies there with its files.
 * Errors: MODEL_INVALID, DOCUMENT_INVALID.
 */
export const readProviderManifest = (bytes: Uint8Array): ProviderManifest | undefined => {
  const value = parse(bytes) as { format?: unknown } | null;
  if (value?.format !== 'embedding-provider/1') return undefined;
  const manifest = assertReadable(embeddingProviderV1, value);
  assertSafeUrl(manifest);
  return manifest;
};

/**
 * `<id>@<12 hex>`: a hash of all that decides a vector, and of nothing else. A new key, other limits, or passages in batches keep the
 * index; another model, endpoint, size or prefix begins a new one.
 */
export const providerStamp = ({ id, provider, ...manifest }: ProviderManifest): string => {
  const { kind, model, baseUrl } = provider;
  const deciding = {
    kind: kind === 'openai-batch' ? 'openai' : kind,
    model,
    ...(kind === 'bedrock' ? {} : { baseUrl: baseUrl ?? OPENAI_URL }),
    dimensions: manifest.dimensions,
    max_tokens: manifest.max_tokens,
    query_prefix: manifest.query_prefix,
    passage_prefix: manifest.passage_prefix,
  };
  return `${id}@${sha256Hex(canonicalJson(deciding)).slice(0, 12)}`;
};
