import { inRequests, tokensAtMost } from '../input-texts.ts';
import type { ProviderDeps, VectorSource } from '../ports.ts';
import { badOutput } from '../provider-errors.ts';
import { tokenBucket } from '../token-bucket.ts';
import { rawVector } from '../vectors.ts';
import { embeddingRequest, type EmbeddingModel } from './embedding-request.ts';
import { openAiApi, type OpenAiEndpoint } from './openai-api.ts';

/** What one request may hold, by the documentation of the API. */
const REQUEST_LIMITS = { texts: 2048, tokens: 300_000 };

/** Rates of one process; none when absent. */
export interface RateLimits {
  requestsPerMinute?: number;
  tokensPerMinute?: number;
}

interface Item {
  index: number;
  embedding: unknown;
}

const itemsOf = (answer: unknown): Item[] => {
  const { data } = (answer ?? {}) as { data?: unknown };
  if (!Array.isArray(data)) throw badOutput('The answer has no list of embeddings');
  return data as Item[];
};

/**
 * The vectors of an answer in the order of its texts, whatever the order in which they came.
 * Errors: PROVIDER_OUTPUT_INVALID unless there is exactly one for each.
 */
export const vectorsOfAnswer = (answer: unknown, count: number): Float32Array[] => {
  const items = itemsOf(answer);
  const byIndex = new Map(items.map(({ index, embedding }) => [index, embedding]));
  if (items.length !== count || byIndex.size !== count)
    throw badOutput(`The provider gave ${items.length} embeddings for ${count} texts`);
  return Array.from({ length: count }, (_, index) => rawVector(byIndex.get(index)));
};

/** An OpenAI-compatible API, asked text by text. Errors: see OpenAiApi, and PROVIDER_OUTPUT_INVALID. */
export const openAiVectors = (
  { endpoint, model, rates }: { endpoint: OpenAiEndpoint; model: EmbeddingModel; rates: RateLimits },
  deps: ProviderDeps,
): VectorSource => {
  const api = openAiApi(endpoint, deps);
  const requests = tokenBucket(rates.requestsPerMinute, deps.clock);
  const tokens = tokenBucket(rates.tokensPerMinute, deps.clock);
  const ask = async (texts: string[]): Promise<Float32Array[]> => {
    await requests.take(1);
    await tokens.take(texts.reduce((sum, text) => sum + tokensAtMost(text), 0));
    const json = embeddingRequest(model, texts);
    return vectorsOfAnswer(await api.json({ method: 'POST', path: '/embeddings', json }), texts.length);
  };
  return {
    embed: async (texts) => {
      const vectors: Float32Array[] = [];
      for (const request of inRequests(texts, REQUEST_LIMITS)) vectors.push(...(await ask(request)));
      return vectors;
    },
  };
};
