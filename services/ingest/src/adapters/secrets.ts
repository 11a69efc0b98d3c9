import { PipelineError } from '@alluvium/contracts';
import type { SecretStore } from '@alluvium/connectors';
import { GetParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';

const NAME = /^[a-z0-9][a-z0-9-]{0,62}$/;

const missing = (name: string, reason: string): PipelineError =>
  new PipelineError(`There is no secret "${name}": ${reason}`, {
    code: 'SECRET_MISSING',
    kind: 'invalid',
    details: { name },
  });

const variableOf = (name: string): string => `ALLUVIUM_SECRET_${name.toUpperCase().replaceAll('-', '_')}`;

/**
 * Secrets by name: from the environment variable `ALLUVIUM_SECRET_<NAME>`, else from Secrets Manager, `<prefix><name>`,
 * read through the parameter store. Each is asked for once.
 */
export const namedSecrets = (
  environment: Readonly<Record<string, string | undefined>>,
  { client, prefix }: { client: () => Pick<SSMClient, 'send'>; prefix: string },
): SecretStore => {
  const known = new Map<string, string>();
  const fetch = async (name: string): Promise<string> => {
    const Name = `/aws/reference/secretsmanager/${prefix}${name}`;
    try {
      const { Parameter } = await client().send(new GetParameterCommand({ Name, WithDecryption: true }));
      if (Parameter?.Value !== undefined) return Parameter.Value;
    } catch (error) {
      if ((error as { name?: string }).name !== 'ParameterNotFound') throw error;
    }
    throw missing(name, `neither ${variableOf(name)} nor ${prefix}${name} in Secrets Manager is set`);
  };
  return async (name) => {
    if (!NAME.test(name)) throw missing(name, 'names are of small letters, digits and hyphens');
    const value = environment[variableOf(name)] ?? known.get(name) ?? (await fetch(name));
    known.set(name, value);
    return value;
  };
};
