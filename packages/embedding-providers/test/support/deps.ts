import { PipelineError } from '@alluvium/contracts';
import type { FakeOpenAi } from '@alluvium/testkit';
import type { ProviderDeps, ProviderManifest } from '../../src/index.ts';

/** Providers' world with time that passes only by pausing. */
export const testDeps = (rest: Partial<ProviderDeps> = {}) => {
  const pauses: number[] = [];
  let nowMs = 0;
  const deps: ProviderDeps = {
    fetch,
    secrets: async (name) => {
      if (name === 'openai-api-key') return 'sk-test-0123456789';
      throw new PipelineError(`no ${name}`, { code: 'SECRET_MISSING', kind: 'invalid' });
    },
    clock: {
      nowMs: () => nowMs,
      pause: async (delayMs) => {
        pauses.push(delayMs);
        nowMs += delayMs;
      },
    },
    random: () => 1,
    bedrock: () => Promise.reject(new Error('no Bedrock here')),
    ...rest,
  };
  return { deps, pauses };
};

/** A manifest of the fake API. */
export const manifestOf = (
  { baseUrl }: Pick<FakeOpenAi, 'baseUrl'>,
  provider: Partial<ProviderManifest['provider']> = {},
  rest: Partial<ProviderManifest> = {},
): ProviderManifest => ({
  format: 'embedding-provider/1',
  ...{ id: 'small', dimensions: 8, max_tokens: 8192, query_prefix: '', passage_prefix: '' },
  provider: {
    ...{ kind: 'openai', model: 'text-embedding-3-small', baseUrl, secret: 'openai-api-key' },
    ...provider,
  },
  ...rest,
});
