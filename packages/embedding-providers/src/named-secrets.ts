import { PipelineError } from '@alluvium/contracts';
import type { ReadSecret } from './ports.ts';

const NAME = /^[a-z0-9][a-z0-9-]{0,62}$/;
/** So long a value is believed: a key that was replaced is used soon after. */
const BELIEVED_MS = 300_000;

/** The environment variable that holds a secret: ALLUVIUM_SECRET_OPENAI_API_KEY for `openai-api-key`. */
export const secretVariable = (name: string): string =>
  `ALLUVIUM_SECRET_${name.toUpperCase().replaceAll('-', '_')}`;

/** Where secrets come from. */
export interface SecretSources {
  environment: Readonly<Record<string, string | undefined>>;
  /** Value of a parameter of the parameter store; undefined when there is none. */
  parameter: (name: string) => Promise<string | undefined>;
  /** Before the name, in Secrets Manager: `alluvium/<stage>/`. */
  prefix: string;
  nowMs: () => number;
}

const missing = (name: string, reason: string): PipelineError =>
  new PipelineError(`There is no secret "${name}": ${reason}`, {
    code: 'SECRET_MISSING',
    kind: 'invalid',
    details: { name },
  });

/** Secrets by name: the environment variable, else Secrets Manager, read through the parameter store. */
export const namedSecrets = ({ environment, parameter, prefix, nowMs }: SecretSources): ReadSecret => {
  const known = new Map<string, { value: string; untilMs: number }>();
  return async (name) => {
    if (!NAME.test(name)) throw missing(name, 'names are of small letters, digits and hyphens');
    const variable = environment[secretVariable(name)];
    if (variable !== undefined && variable !== '') return variable;
    const remembered = known.get(name);
    if (remembered !== undefined && nowMs() < remembered.untilMs) return remembered.value;
    const value = await parameter(`/aws/reference/secretsmanager/${prefix}${name}`);
    if (value === undefined)
      throw missing(name, `neither ${secretVariable(name)} nor ${prefix}${name} in Secrets Manager is set`);
    known.set(name, { value, untilMs: nowMs() + BELIEVED_MS });
    return value;
  };
};
