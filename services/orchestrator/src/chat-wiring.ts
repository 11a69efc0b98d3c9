import { PipelineError } from '@alluvium/contracts';
import { namedSecrets } from '@alluvium/embedding-providers';
import { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { bedrockChat } from './adapters/chat-bedrock.ts';
import { openAiChat } from './adapters/chat-openai.ts';
import type { ChatModel } from './ports.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const parameterFrom = () => {
  let client: SSMClient | undefined;
  return async (Name: string): Promise<string | undefined> => {
    client ??= new SSMClient({});
    try {
      return (await client.send(new GetParameterCommand({ Name, WithDecryption: true }))).Parameter?.Value;
    } catch (error) {
      if ((error as { name?: string }).name === 'ParameterNotFound') return undefined;
      throw error;
    }
  };
};

const settingOf = (environment: Environment, name: string): string => {
  const value = environment[name];
  if (value !== undefined && value !== '') return value;
  throw new PipelineError(
    `${name} is not set: the chat provider ${environment['CHAT_PROVIDER'] ?? ''} needs it.`,
    {
      code: 'CONFIG_MISSING',
      kind: 'internal',
      details: { name },
    },
  );
};

/** The model that the environment names; undefined for answers that only quote. Errors: CONFIG_MISSING, CONFIG_INVALID. */
export const chatModelOf = (
  environment: Environment,
  { fetch: send = fetch, nowMs }: { fetch?: typeof fetch; nowMs: () => number },
): ChatModel | undefined => {
  const provider = environment['CHAT_PROVIDER'] ?? 'extractive';
  if (provider === 'extractive' || provider === '') return undefined;
  const model = settingOf(environment, 'CHAT_MODEL');
  if (provider === 'bedrock') return bedrockChat({ client: new BedrockRuntimeClient({}), model });
  if (provider !== 'openai') {
    throw new PipelineError(`CHAT_PROVIDER is "${provider}", not extractive, openai or bedrock.`, {
      code: 'CONFIG_INVALID',
      kind: 'internal',
      details: { name: 'CHAT_PROVIDER' },
    });
  }
  const prefix = environment['SECRETS_PREFIX'] ?? '';
  const secrets = namedSecrets({ environment, parameter: parameterFrom(), prefix, nowMs });
  const secret = environment['CHAT_SECRET'] ?? '';
  const readKey = async (): Promise<string | undefined> => (secret === '' ? undefined : secrets(secret));
  return openAiChat({ baseUrl: settingOf(environment, 'CHAT_BASE_URL'), model, readKey, fetch: send });
};
