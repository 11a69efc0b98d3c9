import { describe, expect, it } from '@jest/globals';
import { ConverseCommand, type BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { bedrockChat } from '../src/adapters/chat-bedrock.ts';
import { chatModelOf } from '../src/chat-wiring.ts';

const nowMs = (): number => 0;
const PROMPT = { system: 'rules', messages: [{ role: 'user' as const, content: 'Why?' }] };

describe('the model that the environment names', () => {
  it('is none unless it says so', () => {
    expect(chatModelOf({}, { nowMs })).toBeUndefined();
    expect(chatModelOf({ CHAT_PROVIDER: 'extractive' }, { nowMs })).toBeUndefined();
  });

  it('is behind an API of OpenAI, with the key from the environment or none', async () => {
    const keys: unknown[] = [];
    const send = (async (url: string, { headers }: { headers: Record<string, string> }) => {
      keys.push([url, headers['authorization']]);
      return Response.json({ choices: [{ message: { content: ' Hi. ' } }] });
    }) as unknown as typeof fetch;
    const environment = {
      ...{ CHAT_PROVIDER: 'openai', CHAT_MODEL: 'm1', CHAT_BASE_URL: 'https://llm.test/v1/' },
      ALLUVIUM_SECRET_CHAT_KEY: 'secret',
    };
    const keyed = chatModelOf({ ...environment, CHAT_SECRET: 'chat-key' }, { fetch: send, nowMs });
    expect(await keyed?.complete(PROMPT)).toEqual({ text: 'Hi.', usage: {} });
    await chatModelOf(environment, { fetch: send, nowMs })?.complete(PROMPT);
    expect(keys).toEqual([
      ['https://llm.test/v1/chat/completions', 'Bearer secret'],
      ['https://llm.test/v1/chat/completions', undefined],
    ]);
  });

  it.each([
    [{ CHAT_PROVIDER: 'magic', CHAT_MODEL: 'm' }, 'CONFIG_INVALID'],
    [{ CHAT_PROVIDER: 'openai' }, 'CONFIG_MISSING'],
    [{ CHAT_PROVIDER: 'openai', CHAT_MODEL: 'm' }, 'CONFIG_MISSING'],
    [{ CHAT_PROVIDER: 'bedrock' }, 'CONFIG_MISSING'],
  ])('is refused of %j', (environment, code) => {
    expect(() => chatModelOf(environment, { nowMs })).toThrow(expect.objectContaining({ code }));
  });
});

describe('a model of Bedrock', () => {
  const clientOf = (answer: (command: ConverseCommand) => unknown) =>
    ({ send: async (command: ConverseCommand) => answer(command) }) as unknown as BedrockRuntimeClient;

  it('is asked by the Converse API, without tools', async () => {
    const inputs: unknown[] = [];
    const client = clientOf(({ input }) => {
      inputs.push(input);
      return {
        output: { message: { content: [{ text: 'Because ' }, { text: '[1].' }] } },
        usage: { inputTokens: 3, outputTokens: 2 },
      };
    });
    expect(await bedrockChat({ client, model: 'm' }).complete(PROMPT)).toEqual({
      ...{ text: 'Because [1].', usage: { inputTokens: 3, outputTokens: 2 } },
    });
    expect(inputs).toEqual([
      {
        ...{ modelId: 'm', system: [{ text: 'rules' }] },
        messages: [{ role: 'user', content: [{ text: 'Why?' }] }],
        inferenceConfig: { temperature: 0, maxTokens: 1000 },
      },
    ]);
  });

  it.each([
    ['ThrottlingException', 'CHAT_UNAVAILABLE'],
    ['AccessDeniedException', 'CHAT_REFUSED'],
    ['TimeoutError', 'CHAT_UNAVAILABLE'],
  ])('that answers %s fails with %s', async (name, code) => {
    const client = clientOf(() => {
      throw Object.assign(new Error(name), { name });
    });
    await expect(bedrockChat({ client, model: 'm' }).complete(PROMPT)).rejects.toMatchObject({ code });
  });
});
