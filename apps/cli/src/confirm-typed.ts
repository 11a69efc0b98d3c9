import { createInterface } from 'node:readline/promises';
import { CliError, exitCodes } from './cli-error.ts';

interface Typed {
  /** What is about to happen, as a question. */
  question: string;
  /** What has to be typed. */
  name: string;
  /** What was typed already, as an option. */
  given: string | undefined;
}

const ask = async ({ question, name }: Typed): Promise<string> => {
  if (!process.stdin.isTTY)
    throw new CliError(
      `${question} Nobody is here to answer.`,
      exitCodes.usage,
      `Pass --confirm ${name} to go on.`,
    );
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await terminal.question(`${question} Type "${name}" to go on: `);
  } finally {
    terminal.close();
  }
};

/** Has a name typed before something is lost. Error: usage, when it is another, or nobody is there to type. */
export const confirmTyped = async (typed: Typed): Promise<void> => {
  const answer = (typed.given ?? (await ask(typed))).trim();
  if (answer === typed.name) return;
  throw new CliError(`"${answer}" is not "${typed.name}": nothing was changed.`, exitCodes.usage);
};
