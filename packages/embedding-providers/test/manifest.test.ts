import { describe, expect, it } from '@jest/globals';
import { embedderOf, namedSecrets, providerStamp, readProviderManifest } from '../src/index.ts';
import { manifestOf, testDeps } from './support/deps.ts';

const manifest = manifestOf({ baseUrl: 'https://llm.example.org/v1' });
const bytesOf = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));
const stampWith = (provider: object, rest: object = {}): string =>
  providerStamp({ ...manifest, ...rest, provider: { ...manifest.provider, ...provider } });

describe('the manifest of a provider', () => {
  it('is told from that of a model with files', () => {
    expect(readProviderManifest(bytesOf({ format: 'embedding-model/1' }))).toBeUndefined();
    expect(readProviderManifest(bytesOf(manifest))).toEqual(manifest);
  });

  it.each([
    ['no JSON', Buffer.from('{'), 'MODEL_INVALID'],
    ['a field missing', bytesOf({ ...manifest, dimensions: undefined }), 'DOCUMENT_INVALID'],
    ['a key in the clear', bytesOf(manifestOf({ baseUrl: 'http://llm.example.org/v1' })), 'MODEL_INVALID'],
    [
      'a user in the address',
      bytesOf(manifestOf({ baseUrl: 'https://me:pw@llm.example.org' })),
      'MODEL_INVALID',
    ],
    ['another protocol', bytesOf(manifestOf({ baseUrl: 'file:///etc/passwd' })), 'MODEL_INVALID'],
  ])('is refused with %s', (_, bytes, code) => {
    expect(() => readProviderManifest(bytes)).toThrow(expect.objectContaining({ code }));
  });

  it('may be plain http to this machine', () => {
    expect(readProviderManifest(bytesOf(manifestOf({ baseUrl: 'http://127.0.0.1:8080/v1' })))).toBeDefined();
  });

  it('names a provider that this release has', () => {
    const unknown = { ...manifest, provider: { ...manifest.provider, kind: 'oracle' } };
    expect(() => embedderOf(unknown, testDeps().deps)).toThrow(
      expect.objectContaining({ code: 'MODEL_INVALID' }),
    );
  });
});

describe('the stamp of a provider', () => {
  const stamp = providerStamp(manifest);

  it('is the id with twelve hex digits', () => {
    expect(stamp).toMatch(/^small@[0-9a-f]{12}$/);
    expect(embedderOf(manifest, testDeps().deps).stamp).toBe(stamp);
  });

  it.each([
    ['the secret', { secret: 'another' }],
    ['the limits', { requests_per_minute: 1, tokens_per_minute: 1 }],
    ['batches', { kind: 'openai-batch' }],
  ])('stays when %s change', (_, provider) => {
    expect(stampWith(provider)).toBe(stamp);
  });

  it.each([
    ['model', { model: 'other' }, {}],
    ['endpoint', { baseUrl: 'https://other.example.org' }, {}],
    ['provider', { kind: 'bedrock' }, {}],
    ['size', {}, { dimensions: 16 }],
    ['prefix', {}, { passage_prefix: 'p: ' }],
  ])('is another one for another %s', (_, provider, rest) => {
    expect(stampWith(provider, rest)).not.toBe(stamp);
  });
});

describe('secrets', () => {
  const sources = (environment: Record<string, string>, asked: string[] = []) => ({
    environment,
    prefix: 'alluvium/dev/',
    nowMs: () => 0,
    parameter: async (name: string) => {
      asked.push(name);
      return name.endsWith('/there') ? 'value' : undefined;
    },
  });

  it('come from the environment first', async () => {
    const secrets = namedSecrets(sources({ ALLUVIUM_SECRET_OPENAI_API_KEY: 'sk-1' }));
    expect(await secrets('openai-api-key')).toBe('sk-1');
  });

  it('come from Secrets Manager by their place, asked once', async () => {
    const asked: string[] = [];
    const secrets = namedSecrets(sources({}, asked));
    expect([await secrets('there'), await secrets('there')]).toEqual(['value', 'value']);
    expect(asked).toEqual(['/aws/reference/secretsmanager/alluvium/dev/there']);
  });

  it.each(['none', 'Bad Name', '../up'])('that are not there are an error: %s', async (name) => {
    await expect(namedSecrets(sources({}))(name)).rejects.toMatchObject({ code: 'SECRET_MISSING' });
  });
});
