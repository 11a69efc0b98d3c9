import { setTimeout as pause } from 'node:timers/promises';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { invokeBedrock } from './bedrock/invoke-bedrock.ts';
import { namedSecrets } from './named-secrets.ts';
import type { Patience, ProviderDeps } from './ports.ts';

const readParameter = async (client: Pick<SSMClient, 'send'>, name: string): Promise<string | undefined> => {
  try {
    const { Parameter } = await client.send(new GetParameterCommand({ Name: name, WithDecryption: true }));
    return Parameter?.Value;
  } catch (error) {
    if ((error as { name?: string }).name === 'ParameterNotFound') return undefined;
    throw error;
  }
};

/** For a function that somebody waits for. */
export const SHORT_PATIENCE: Patience = { tries: 2, timeoutMs: 8000, pauseMs: 1000 };

/**
 * Providers of the running process: the network, secrets from `ALLUVIUM_SECRET_<NAME>` or from Secrets Manager under
 * `SECRETS_PREFIX`, Bedrock by the function's role.
 */
export const liveProviders = (
  environment: Readonly<Record<string, string | undefined>>,
  patience?: Patience,
): ProviderDeps => {
  let ssm: SSMClient | undefined;
  const nowMs = (): number => Date.now();
  const secrets = namedSecrets({
    environment,
    parameter: (name) => readParameter((ssm ??= new SSMClient({})), name),
    prefix: environment['SECRETS_PREFIX'] ?? '',
    nowMs,
  });
  return {
    ...{ fetch, secrets, clock: { nowMs, pause }, random: Math.random },
    bedrock: invokeBedrock(patience),
    ...(patience !== undefined && { patience }),
  };
};
