import { setTimeout as sleep } from 'node:timers/promises';
import { chatResponseV1, type ChatAnswerV1, type JobV1 } from '@alluvium/contracts';
import type { Command } from 'commander';
import { postJson } from '../api-client.ts';
import { CliError, exitCodes } from '../cli-error.ts';
import { connect, type Connection } from '../connection.ts';
import { dim, print, printJson, say } from '../output.ts';
import { getJob } from './runs.ts';

interface Options {
  collection: string;
  session?: string;
  json?: boolean;
}

const WAIT_SECONDS = 20;
const PATIENCE_MS = 180_000;
const POLL_MS = 1000;
const RUNNING = new Set(['queued', 'running']);

const waitOn = async (connection: Connection, jobId: string): Promise<JobV1> => {
  const giveUpAt = Date.now() + PATIENCE_MS;
  for (;;) {
    const job = await getJob(connection, jobId);
    if (!RUNNING.has(job.state)) return job;
    if (Date.now() > giveUpAt) {
      throw new CliError(
        `There is no answer yet.`,
        exitCodes.unreachable,
        `Look again: alluvium jobs show ${jobId}`,
      );
    }
    await sleep(POLL_MS);
  }
};

const renderCitation = ({ number, title, url, documentId }: ChatAnswerV1['citations'][number]): string =>
  `[${number}] ${title === '' ? documentId : title}  ${dim(url ?? documentId)}`;

/** An answer as a person reads it. */
export const renderAnswer = ({ answer, citations, notice }: ChatAnswerV1): string[] => [
  answer,
  ...(citations.length === 0 ? [] : ['']),
  ...citations.map(renderCitation),
  ...(notice === undefined ? [] : ['', dim(notice)]),
];

const chat = async (words: string[], { collection, session, json }: Options): Promise<void> => {
  const connection = connect();
  const body = { message: words.join(' '), collection, ...(session !== undefined && { sessionId: session }) };
  const asked = await postJson(connection, `chat?wait=${WAIT_SECONDS}`, { body, contract: chatResponseV1 });
  const job = asked.job ?? (await waitOn(connection, asked.jobId));
  if (json === true) printJson(job);
  if (job.answer === undefined) {
    throw new CliError(
      `The question was not answered: ${job.error?.message ?? job.state}.`,
      exitCodes.failed,
      `See the job: alluvium jobs show ${job.jobId}`,
    );
  }
  if (json === true) return;
  for (const line of renderAnswer(job.answer)) print(line);
  say(dim(`Go on: alluvium chat --session ${asked.sessionId} "..."`));
};

/** `alluvium chat` */
export const addChat = (program: Command): void => {
  program
    .command('chat <question...>')
    .summary('ask a question, answered from a collection with citations')
    .description(
      'Asks a question, answered from a collection with citations.\n\n' +
        'Examples:\n' +
        '  alluvium chat "How do deltas become a snapshot?"\n' +
        '  alluvium chat --session 01JD3Z5Q6V8X9Y0ZABCDEFGHJM "And when?"',
    )
    .option('-c, --collection <name>', 'collection to ask', 'docs')
    .option('-s, --session <id>', 'the conversation to go on with')
    .option('--json', 'print one JSON object')
    .action(chat);
};
