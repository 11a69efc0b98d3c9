import { createInterface } from 'node:readline/promises';
import { CliError, exitCodes } from './cli-error.ts';

/** Asks before something is lost, unless `yes` says that it was asked already. Error: usage, when there is nobody to ask. */
export const confirm = async (question: string, { yes }: { yes?: boolean }): Promise<void> => {
  if (yes === true) return;
  if (!process.stdin.isTTY)
    throw new CliError(`${question} Nobody is here to answer.`, exitCodes.usage, 'Pass --yes to go on.');
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(`${question} [y/N] `);
    if (/^y(es)?$/i.test(answer.trim())) return;
  } finally {
    terminal.close();
  }
  throw new CliError('Nothing was changed.', exitCodes.failed);
};
