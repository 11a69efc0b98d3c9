import { GetParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';

/** Values of the parameter store by name; undefined for one that is not there. */
export const parametersFrom =
  (client: () => Pick<SSMClient, 'send'>) =>
  async (name: string): Promise<string | undefined> => {
    try {
      const { Parameter } = await client().send(
        new GetParameterCommand({ Name: name, WithDecryption: true }),
      );
      return Parameter?.Value;
    } catch (error) {
      if ((error as { name?: string }).name === 'ParameterNotFound') return undefined;
      throw error;
    }
  };
