import { describe, expect, it } from '@jest/globals';
import { fakeBedrock, fakeVector } from '@alluvium/testkit';
import { embedderOf, invokeBedrock, type BedrockClient, type ProviderManifest } from '../src/index.ts';
import { testDeps } from './support/deps.ts';

const setUp = (model: string, provider: Partial<ProviderManifest['provider']> = {}) => {
  const bedrock = fakeBedrock();
  const { deps } = testDeps({
    bedrock: invokeBedrock(undefined, (region) => bedrock.client(region) as BedrockClient),
  });
  const manifest: ProviderManifest = {
    format: 'embedding-provider/1',
    ...{ id: 'bedrock', dimensions: 8, max_tokens: 8192, query_prefix: '', passage_prefix: '' },
    provider: { kind: 'bedrock', model, ...provider },
  };
  return { bedrock, embedder: embedderOf(manifest, deps) };
};

describe('Titan', () => {
  it('is asked text by text', async () => {
    const { bedrock, embedder } = setUp('amazon.titan-embed-text-v2:0', { region: 'eu-central-1' });
    const [first, second] = await embedder.embedPassages(['a', 'b']);
    expect(first![7]).toBeCloseTo(fakeVector('a', 8)[7]!, 6);
    expect(second![0]).toBeCloseTo(fakeVector('b', 8)[0]!, 6);
    expect(bedrock.requests).toEqual(
      ['a', 'b'].map((inputText) => ({
        model: 'amazon.titan-embed-text-v2:0',
        region: 'eu-central-1',
        body: { inputText, dimensions: 8, normalize: true },
      })),
    );
  });

  it('of the first version is told no size', async () => {
    const { bedrock, embedder } = setUp('amazon.titan-embed-text-v1');
    await embedder.embedQuery('a');
    expect(bedrock.requests[0]!.body).toEqual({ inputText: 'a' });
  });
});

describe('Cohere', () => {
  it('is told which texts search and which are searched, 96 at once', async () => {
    const { bedrock, embedder } = setUp('eu.cohere.embed-multilingual-v3');
    const vectors = await embedder.embedPassages(Array.from({ length: 100 }, (_, index) => `text ${index}`));
    expect(vectors).toHaveLength(100);
    await embedder.embedQuery('q');
    expect(
      bedrock.requests.map(({ body }) => [(body['texts'] as unknown[]).length, body['input_type']]),
    ).toEqual([
      [96, 'search_document'],
      [4, 'search_document'],
      [1, 'search_query'],
    ]);
    expect(bedrock.requests[0]!.body).not.toHaveProperty('output_dimension');
  });

  it('of the fourth version is told the size', async () => {
    const { bedrock, embedder } = setUp('cohere.embed-v4:0');
    await embedder.embedQuery('q');
    expect(bedrock.requests[0]!.body).toMatchObject({ output_dimension: 8 });
  });
});

describe('Bedrock', () => {
  it('is not asked for a model of a shape that is not known', () => {
    expect(() => setUp('meta.llama')).toThrow(expect.objectContaining({ code: 'PROVIDER_REFUSED' }));
  });

  it.each([
    ['ThrottlingException', 429, 'PROVIDER_UNAVAILABLE', 'unavailable'],
    ['ModelNotReadyException', 429, 'PROVIDER_UNAVAILABLE', 'unavailable'],
    ['ServiceUnavailableException', 503, 'PROVIDER_UNAVAILABLE', 'unavailable'],
    ['AccessDeniedException', 403, 'PROVIDER_DENIED', 'unavailable'],
    ['ValidationException', 400, 'PROVIDER_REFUSED', 'invalid'],
  ])('that answers %s', async (name, status, code, kind) => {
    const { bedrock, embedder } = setUp('amazon.titan-embed-text-v2:0');
    bedrock.disturb(name, status);
    await expect(embedder.embedQuery('a')).rejects.toMatchObject({ code, kind });
  });
});
