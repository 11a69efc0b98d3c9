import { PipelineError } from '@alluvium/contracts';
import { bedrockVectors } from './bedrock/bedrock-vectors.ts';
import { fittingText } from './input-texts.ts';
import type { EmbeddingModel } from './openai/embedding-request.ts';
import type { OpenAiEndpoint } from './openai/openai-api.ts';
import { openAiVectors } from './openai/openai-vectors.ts';
import type { ProviderDeps, ProviderEmbedder, Purpose, VectorSource } from './ports.ts';
import { OPENAI_URL, providerStamp, type ProviderManifest } from './provider-manifest.ts';
import { unitVector } from './vectors.ts';

/** Where the API of a manifest is. */
export const endpointOf = ({ provider: { baseUrl, secret } }: ProviderManifest): OpenAiEndpoint => ({
  baseUrl: (baseUrl ?? OPENAI_URL).replace(/\/+$/, ''),
  ...(secret !== undefined && { secret }),
});

/** How its model is asked. */
export const embeddingModelOf = ({ dimensions, provider }: ProviderManifest): EmbeddingModel => ({
  model: provider.model,
  dims: dimensions,
  sendsDimensions: provider.sends_dimensions ?? true,
});

const unknownKind = ({ id, provider: { kind } }: ProviderManifest): PipelineError =>
  new PipelineError(
    `The model ${id} names the provider ${kind}; openai, openai-batch and bedrock are known`,
    {
      code: 'MODEL_INVALID',
      kind: 'invalid',
      details: { id, kind },
    },
  );

const bedrockOf = ({ provider, dimensions }: ProviderManifest, deps: ProviderDeps): VectorSource =>
  bedrockVectors(
    {
      ...{ model: provider.model, dims: dimensions },
      ...(provider.region !== undefined && { region: provider.region }),
      ...(provider.requests_per_minute !== undefined && { requestsPerMinute: provider.requests_per_minute }),
    },
    deps,
  );

const openAiOf = (manifest: ProviderManifest, deps: ProviderDeps): VectorSource => {
  const { requests_per_minute: requests, tokens_per_minute: tokens } = manifest.provider;
  const rates = {
    ...(requests !== undefined && { requestsPerMinute: requests }),
    ...(tokens !== undefined && { tokensPerMinute: tokens }),
  };
  return openAiVectors({ endpoint: endpointOf(manifest), model: embeddingModelOf(manifest), rates }, deps);
};

const sourceOf = (manifest: ProviderManifest, deps: ProviderDeps): VectorSource => {
  const { kind } = manifest.provider;
  // A question cannot wait for a batch.
  if (kind === 'openai' || kind === 'openai-batch') return openAiOf(manifest, deps);
  if (kind === 'bedrock') return bedrockOf(manifest, deps);
  throw unknownKind(manifest);
};

/** What is sent for a text. */
export const passageInput = (manifest: ProviderManifest, text: string): string =>
  fittingText(manifest.passage_prefix + text, manifest.max_tokens);

/**
 * The model of a provider, asked synchronously, also by a manifest whose passages go in batches: what writes an index and what searches
 * it open it by this one function. Nothing is asked before the first text.
 * Errors of opening: MODEL_INVALID, PROVIDER_REFUSED; of embedding: TEXT_EMPTY, PROVIDER_REFUSED, PROVIDER_DENIED,
 * PROVIDER_UNAVAILABLE, PROVIDER_OUTPUT_INVALID, SECRET_MISSING.
 */
export const embedderOf = (manifest: ProviderManifest, deps: ProviderDeps): ProviderEmbedder => {
  const source = sourceOf(manifest, deps);
  const dims = manifest.dimensions;
  const embed = async (texts: readonly string[], purpose: Purpose): Promise<Float32Array[]> => {
    const vectors = await source.embed(texts, purpose);
    return vectors.map((vector) => unitVector(vector, dims));
  };
  return {
    stamp: providerStamp(manifest),
    dims,
    embedPassages: async (texts) => {
      const inputs = texts.map((text) => passageInput(manifest, text));
      return embed(inputs, 'passage');
    },
    embedQuery: async (text) => {
      const input = fittingText(manifest.query_prefix + text, manifest.max_tokens);
      const [vector] = await embed([input], 'query');
      return vector ?? new Float32Array(dims);
    },
    close: () => Promise.resolve(),
  };
};
