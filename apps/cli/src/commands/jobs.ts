import type { Command } from 'commander';
import { jobsV1, type JobV1 } from '@alluvium/contracts';
import { getJson } from '../api-client.ts';
import { confirm } from '../confirm.ts';
import { connect } from '../connection.ts';
import { minute, print, printJson, say, table, tell } from '../output.ts';
import { perform } from '../snapshots/operate.ts';
import { renderAnswer } from './chat.ts';
import { getJob, renderJob } from './runs.ts';

interface Options {
  json?: boolean;
  yes?: boolean;
  reason?: string;
  cursor?: string;
}

const list = async ({ json, cursor }: Options): Promise<void> => {
  const page = cursor === undefined ? '' : `?cursor=${encodeURIComponent(cursor)}`;
  const answer = await getJson(connect(), `jobs${page}`, jobsV1);
  if (json === true) {
    printJson(answer);
    return;
  }
  if (answer.jobs.length === 0) {
    say('Nothing was done yet. Ingest something: alluvium ingest <path>');
    return;
  }
  const rows = answer.jobs.map(({ jobId, kind, state, collection, createdAt, source, promptPreview }) => [
    jobId,
    kind,
    state,
    collection,
    minute(createdAt),
    promptPreview ?? source ?? '',
  ]);
  print(table(['JOB', 'KIND', 'STATE', 'COLLECTION', 'STARTED (UTC)', 'WHAT'], rows));
  if (answer.cursor !== undefined) say(`More: alluvium jobs ls --cursor ${answer.cursor}`);
};

const renderMissing = ({ missing = [] }: JobV1): string[] =>
  missing.map(({ stage, first, last }) =>
    first === last
      ? `  part ${first} never reached ${stage}`
      : `  parts ${first}-${last} never reached ${stage}`,
  );

const show = async (jobId: string, { json }: Options): Promise<void> => {
  const job = await getJob(connect(), jobId);
  if (json === true) {
    printJson(job);
    return;
  }
  const { answer, error } = job;
  if (answer === undefined) for (const line of [...renderJob(job), ...renderMissing(job)]) print(line);
  else
    for (const line of [`chat ${jobId}: ${job.state}`, answer.question, '', ...renderAnswer(answer)])
      print(line);
  if (error !== undefined) print(`  ${error.message} (${error.code})`);
};

const change = (operation: string, question: (jobId: string) => string) => {
  return async (runId: string, options: Options): Promise<void> => {
    await confirm(question(runId), options);
    const { reason } = options;
    const asked = { operation, args: { runId }, ...(reason !== undefined && { reason }) };
    const done = await perform(asked);
    tell(options, done, () => done.summary ?? '');
  };
};

/** `alluvium jobs` */
export const addJobs = (program: Command): void => {
  const jobs = program.command('jobs').description('look at jobs; cancel and replay runs');
  const add = (name: string, description: string) =>
    jobs.command(name).description(description).option('--json', 'print one JSON object').exitOverride();
  add('ls', 'list the newest').option('--cursor <cursor>', 'go on after an earlier page').action(list);
  add('show <id>', 'show one with everything that is known of it').action(show);
  for (const [name, operation, description, question] of [
    ['cancel <run>', 'cancel-run', 'end a run', (id: string) => `End the run ${id}?`],
    ['replay <run>', 'replay-run', 'run a run again that has ended', (id: string) => `Run ${id} again?`],
  ] as const) {
    add(name, description)
      .option('-y, --yes', 'do not ask')
      .option('--reason <text>', 'why, for those who ask later')
      .action(change(operation, question));
  }
};
