import { isPipelineError } from '@alluvium/contracts';
import { CommanderError } from 'commander';
import { CliError, exitCodes } from './cli-error.ts';
import { dim, red, say } from './output.ts';
import { buildProgram } from './program.ts';

const exitCodeOf = (error: unknown): number => {
  if (error instanceof CliError) return error.exitCode;
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  return isPipelineError(error) && error.kind === 'invalid' ? exitCodes.usage : exitCodes.failed;
};

const tell = (error: unknown): void => {
  if (error instanceof CommanderError) return;
  say(red(error instanceof Error ? error.message : 'Something failed without an error.'));
  if (error instanceof CliError) {
    if (error.next !== undefined) say(error.next);
    return;
  }
  if (!isPipelineError(error) && error instanceof Error && error.stack !== undefined) say(dim(error.stack));
};

try {
  await buildProgram().parseAsync();
} catch (error) {
  tell(error);
  process.exitCode = exitCodeOf(error);
}
