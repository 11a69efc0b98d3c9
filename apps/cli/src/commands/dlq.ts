import type { Command } from 'commander';
import { CliError, exitCodes } from '../cli-error.ts';
import { confirm } from '../confirm.ts';
import { connect } from '../connection.ts';
import { listQueues } from '../dlq/dead-letter-queues.ts';
import type { DeadLetter } from '../dlq/dead-letter.ts';
import { openOrigins, redriveLetters, withLetters } from '../dlq/handle-letters.ts';
import type { Origins } from '../dlq/send-back.ts';
import { count, fit, minute, print, printJson, say, table } from '../output.ts';

interface Options {
  json?: boolean;
  yes?: boolean;
}

const destinationText = ({ destination }: DeadLetter): string => {
  if (destination.kind === 'queue') return destination.arn;
  return destination.kind === 'bus' ? 'the event bus' : `nowhere: ${destination.why}`;
};

const describe = (letter: DeadLetter): Record<string, unknown> => {
  const { id, sentAt, what, errorCode, errorMessage, body } = letter;
  return { id, sentAt, what, errorCode, errorMessage, origin: destinationText(letter), body };
};

const list = async (options: Options): Promise<void> => {
  const { sqs } = await openOrigins(connect());
  const queues = await listQueues(sqs);
  if (options.json === true) {
    printJson({ queues });
    return;
  }
  const rows = queues.map(({ service, messages, inFlight, name }) => [
    service,
    count(messages),
    count(inFlight),
    name,
  ]);
  print(table(['SERVICE', 'MESSAGES', 'IN HAND', 'QUEUE'], rows));
};

const pick = (letters: readonly DeadLetter[], ids: readonly string[]): DeadLetter[] => {
  const chosen = letters.filter(({ id }) => ids.length === 0 || ids.some((start) => id.startsWith(start)));
  const unknown = ids.filter((start) => !letters.some(({ id }) => id.startsWith(start)));
  if (unknown.length === 0) return chosen;
  throw new CliError(
    `There is no message ${unknown.join(', ')}, or somebody else has it in hand.`,
    exitCodes.notFound,
    'Those that there are: alluvium dlq show <service>',
  );
};

const withChosen = async (
  service: string,
  ids: readonly string[],
  handle: (
    chosen: readonly DeadLetter[],
    removeLetter: (letter: DeadLetter) => Promise<void>,
    stack: Origins,
  ) => Promise<void> | void,
): Promise<void> => {
  const stack = await openOrigins(connect());
  await withLetters(stack, service, (letters, removeLetter) =>
    handle(pick(letters, ids), removeLetter, stack),
  );
};

const printLetters = (letters: readonly DeadLetter[]): void => {
  const rows = letters.map(({ id, sentAt, what, errorCode, errorMessage }) => [
    id.slice(0, 8),
    minute(sentAt),
    what,
    errorCode,
    fit(errorMessage, 80),
  ]);
  print(table(['ID', 'SENT (UTC)', 'WHAT', 'ERROR', 'WHY'], rows));
};

const show = (service: string, ids: string[], options: Options): Promise<void> =>
  withChosen(service, ids, (letters) => {
    if (options.json === true) printJson({ service, messages: letters.map(describe) });
    else if (letters.length === 0) say(`Nothing lies in the dead letters of ${service}.`);
    else if (ids.length === 0) printLetters(letters);
    else
      for (const letter of letters)
        for (const [name, value] of Object.entries(describe(letter))) print(`${name}: ${String(value)}`);
  });

const redrive = (service: string, ids: string[], options: Options): Promise<void> =>
  withChosen(service, ids, async (letters, removeLetter, stack) => {
    const { redriven, kept } = await redriveLetters(stack, letters, removeLetter);
    if (kept.length > 0) process.exitCode = exitCodes.failed;
    if (options.json === true) {
      printJson({ service, redriven, kept });
      return;
    }
    print(`${count(redriven.length)} of ${count(letters.length)} messages are back where they came from.`);
    for (const { id, why } of kept) say(`${id.slice(0, 8)} stays: ${why}.`);
  });

const drop = (service: string, ids: string[], options: Options): Promise<void> =>
  withChosen(service, ids, async (letters, removeLetter) => {
    const dropped = letters.map(({ id }) => id);
    if (letters.length > 0)
      await confirm(`Delete ${count(letters.length)} dead letters of ${service} for good?`, options);
    for (const letter of letters) await removeLetter(letter);
    if (options.json === true) printJson({ service, dropped });
    else print(`${count(dropped.length)} messages were deleted.`);
  });

/** `alluvium dlq` */
export const addDlq = (program: Command): void => {
  const group = program
    .command('dlq')
    .summary('messages that nobody could handle')
    .description(
      'Shows what services gave up, and gives it another try.\n\n' +
        'Examples:\n  alluvium dlq ls\n  alluvium dlq show compactor\n  alluvium dlq redrive compactor',
    );
  group
    .command('ls')
    .description('list the dead-letter queues of all services')
    .option('--json', 'print one JSON object')
    .action(list);
  group
    .command('show <service> [ids...]')
    .description('list the messages of a service; with ids, tell all about them')
    .option('--json', 'print one JSON object')
    .action(show);
  group
    .command('redrive <service> [ids...]')
    .description('put messages back where they came from; all, or those named')
    .option('--json', 'print one JSON object')
    .action(redrive);
  group
    .command('drop <service> [ids...]')
    .description('delete messages; all, or those named')
    .option('-y, --yes', 'do not ask')
    .option('--json', 'print one JSON object')
    .action(drop);
};
