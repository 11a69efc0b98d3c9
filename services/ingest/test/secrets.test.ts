import { describe, expect, it } from '@jest/globals';
import type { GetParameterCommand } from '@aws-sdk/client-ssm';
import { namedSecrets } from '../src/adapters/secrets.ts';

const storeOver = (values: Record<string, string>, environment = {}) => {
  const asked: string[] = [];
  const send = async ({ input: { Name = '' } }: GetParameterCommand) => {
    asked.push(Name);
    const Value = values[Name];
    if (Value === undefined) throw Object.assign(new Error('none'), { name: 'ParameterNotFound' });
    return { Parameter: { Value } };
  };
  const client = () => ({ send }) as never;
  return { asked, secret: namedSecrets(environment, { client, prefix: 'alluvium/dev/' }) };
};

const AT = '/aws/reference/secretsmanager/alluvium/dev/github-token';

describe('a secret', () => {
  it('comes from Secrets Manager, asked for once', async () => {
    const { asked, secret } = storeOver({ [AT]: 'from the manager' });
    expect([await secret('github-token'), await secret('github-token')]).toEqual([
      'from the manager',
      'from the manager',
    ]);
    expect(asked).toEqual([AT]);
  });

  it('comes from the environment where it is set there', async () => {
    const { asked, secret } = storeOver({}, { ALLUVIUM_SECRET_GITHUB_TOKEN: 'from the environment' });
    expect(await secret('github-token')).toBe('from the environment');
    expect(asked).toEqual([]);
  });

  it.each(['github-token', '../../other', ''])('that nobody set is missed by name: %j', async (name) => {
    const { secret } = storeOver({});
    await expect(secret(name)).rejects.toMatchObject({ code: 'SECRET_MISSING', kind: 'invalid' });
  });
});
