import { CliError, exitCodes } from './cli-error.ts';

const NAME = /^[a-z0-9][a-z0-9-]{0,62}$/;

/** Refuses what cannot be the name of a collection or a source. */
export const assertName = (what: string, name: string): void => {
  if (NAME.test(name)) return;
  throw new CliError(
    `"${name}" cannot be the name of a ${what}.`,
    exitCodes.usage,
    'Use lower-case letters, digits and hyphens, at most 63.',
  );
};
