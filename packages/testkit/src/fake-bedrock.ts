import { fakeVector } from './openai/fake-vector.ts';

/** A request that the fake got. */
export interface BedrockRequest {
  model: string;
  region?: string;
  body: Record<string, unknown>;
}

/** Bedrock without AWS. */
export interface FakeBedrock {
  requests: BedrockRequest[];
  /** As the SDK's client, for InvokeModelCommand alone. */
  client: (region?: string) => { send: (command: { input: unknown }) => Promise<{ body: Uint8Array }> };
  /** The next call fails like this; once. */
  disturb: (name: string, status: number) => void;
}

const answerOf = (model: string, body: Record<string, unknown>, dims: number): unknown => {
  if (model.includes('titan')) {
    const { inputText, dimensions = dims } = body;
    return { embedding: [...fakeVector(String(inputText), Number(dimensions))], inputTextTokenCount: 1 };
  }
  const { texts, output_dimension: size = dims } = body;
  const vectors = (texts as string[]).map((text) => [...fakeVector(text, Number(size))]);
  return { id: 'x', response_type: 'embeddings_by_type', embeddings: { float: vectors } };
};

/** Titan and Cohere embeddings, of `dims` components unless the request says otherwise. */
export const fakeBedrock = (dims = 8): FakeBedrock => {
  const requests: BedrockRequest[] = [];
  const failures: Error[] = [];
  return {
    requests,
    disturb: (name, status) => {
      failures.push(
        Object.assign(new Error(`${name} of Bedrock`), { name, $metadata: { httpStatusCode: status } }),
      );
    },
    client: (region) => ({
      send: ({ input }) => {
        const failure = failures.shift();
        if (failure !== undefined) return Promise.reject(failure);
        const { modelId, body: text } = input as { modelId: string; body: string };
        const body = JSON.parse(text) as Record<string, unknown>;
        requests.push({ model: modelId, ...(region !== undefined && { region }), body });
        return Promise.resolve({ body: Buffer.from(JSON.stringify(answerOf(modelId, body, dims))) });
      },
    }),
  };
};
