import { PipelineError } from '@alluvium/contracts';

/** The value of an environment variable; throws CONFIG_MISSING when it is unset or empty. */
export const requiredEnv = (name: string): string => {
  const value = process.env[name];
  if (value !== undefined && value !== '') return value;
  throw new PipelineError(`The environment variable ${name} is not set; serverless.yml sets it on deploy.`, {
    code: 'CONFIG_MISSING',
    kind: 'internal',
    details: { name },
  });
};

/** A positive number from the environment, or `fallback` when unset; throws CONFIG_INVALID. */
export const numberEnv = (name: string, fallback: number): number => {
  const text = process.env[name];
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new PipelineError(`${name} must be a positive number, not "${text}".`, {
    code: 'CONFIG_INVALID',
    kind: 'internal',
    details: { name },
  });
};
