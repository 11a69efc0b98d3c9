import type { ProviderDeps, Purpose, VectorSource } from '../ports.ts';
import { badOutput, refused } from '../provider-errors.ts';
import { tokenBucket } from '../token-bucket.ts';
import { rawVector } from '../vectors.ts';
import { inRequests } from '../input-texts.ts';

/** Which model of Bedrock, and how large its vectors are. */
export interface BedrockModel {
  model: string;
  region?: string;
  dims: number;
  requestsPerMinute?: number;
}

/** How a family of models is asked. */
interface Shape {
  textsPerRequest: number;
  body: (texts: string[], purpose: Purpose) => unknown;
  vectors: (answer: unknown) => unknown[];
}

const field = (answer: unknown, name: string): unknown =>
  typeof answer === 'object' && answer !== null ? (answer as Record<string, unknown>)[name] : undefined;

// https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html
const titan = ({ model, dims }: BedrockModel): Shape => ({
  textsPerRequest: 1,
  body: ([inputText]) => ({
    inputText,
    // The first version has one size and takes nothing else.
    ...(model.includes('embed-text-v2') && { dimensions: dims, normalize: true }),
  }),
  vectors: (answer) => [field(answer, 'embedding')],
});

// https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-embed.html
const cohere = ({ model, dims }: BedrockModel): Shape => ({
  textsPerRequest: 96,
  body: (texts, purpose) => ({
    texts,
    input_type: purpose === 'query' ? 'search_query' : 'search_document',
    truncate: 'END',
    embedding_types: ['float'],
    ...(model.includes('embed-v4') && { output_dimension: dims }),
  }),
  vectors: (answer) => {
    const embeddings = field(answer, 'embeddings');
    // Without types it is the list itself.
    const list: unknown = Array.isArray(embeddings) ? embeddings : field(embeddings, 'float');
    return Array.isArray(list) ? (list as unknown[]) : [];
  },
});

// Ids may begin with a region's profile: eu.cohere.embed-v4:0.
const shapeOf = (bedrock: BedrockModel): Shape => {
  const { model } = bedrock;
  if (/(^|[./])amazon\.titan-embed-text/.test(model)) return titan(bedrock);
  if (/(^|[./])cohere\.embed/.test(model)) return cohere(bedrock);
  throw refused(`The shape of ${model} is not known: Titan text embeddings and Cohere embed are`, { model });
};

/**
 * Amazon Bedrock, asked text by text; the role of the function is the key.
 * Errors: PROVIDER_REFUSED, PROVIDER_DENIED, PROVIDER_UNAVAILABLE, PROVIDER_OUTPUT_INVALID.
 */
export const bedrockVectors = (
  bedrock: BedrockModel,
  { bedrock: invoke, clock }: Pick<ProviderDeps, 'bedrock' | 'clock'>,
): VectorSource => {
  const { model, region } = bedrock;
  const { textsPerRequest, body, vectors } = shapeOf(bedrock);
  const requests = tokenBucket(bedrock.requestsPerMinute, clock);
  const ask = async (texts: string[], purpose: Purpose): Promise<Float32Array[]> => {
    await requests.take(1);
    const answer = await invoke({
      model,
      ...(region !== undefined && { region }),
      body: body(texts, purpose),
    });
    const found = vectors(answer);
    if (found.length !== texts.length)
      throw badOutput(`${model} gave ${found.length} embeddings for ${texts.length} texts`);
    return found.map(rawVector);
  };
  return {
    embed: async (texts, purpose) => {
      const all: Float32Array[] = [];
      for (const request of inRequests(texts, { texts: textsPerRequest, tokens: Infinity }))
        all.push(...(await ask(request, purpose)));
      return all;
    },
  };
};
