import { isPipelineError } from '@alluvium/contracts';
import { CliError, exitCodes } from '../cli-error.ts';

const NOT_FOUND = new Set(['VERSION_EXPIRED', 'VERSION_UNKNOWN', 'TAG_UNKNOWN']);
const EXIT_OF_KIND: Record<string, number> = {
  invalid: exitCodes.usage,
  conflict: exitCodes.conflict,
  fenced: exitCodes.conflict,
  unavailable: exitCodes.unreachable,
};

const toldOf = (error: unknown): unknown => {
  if (!isPipelineError(error)) return error;
  const isAbsent = NOT_FOUND.has(error.code);
  const exitCode = isAbsent ? exitCodes.notFound : (EXIT_OF_KIND[error.kind] ?? exitCodes.failed);
  const next = isAbsent ? 'See what there is: alluvium snapshots ls' : undefined;
  return new CliError(`${error.message}. (${error.code})`, exitCode, next);
};

/** An action whose failures in the engine end with the exit code of what they are. */
export const telling =
  <Args extends unknown[]>(action: (...args: Args) => Promise<void>) =>
  async (...args: Args): Promise<void> => {
    try {
      await action(...args);
    } catch (error) {
      throw toldOf(error);
    }
  };
