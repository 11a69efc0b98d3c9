import { sourceRunV1, sourcesV1, sourceStatusV1, type SourceStatusV1 } from '@alluvium/contracts';
import type { Command } from 'commander';
import { callJson, deletePath, getJson } from '../api-client.ts';
import { assertName } from '../assert-name.ts';
import { CliError, exitCodes } from '../cli-error.ts';
import { confirm } from '../confirm.ts';
import { connect } from '../connection.ts';
import { minute, print, printJson, say, table } from '../output.ts';
import { perform } from '../snapshots/operate.ts';
import { renderFields } from '../snapshots/render.ts';
import { sourceRequestOf, type AddOptions } from '../sources/source-options.ts';
import { followRun, renderJob } from './runs.ts';

interface Options {
  collection: string;
  json?: boolean;
}

const RUN_PATIENCE_MS = 60_000;

const pathOf = (name: string, { collection }: Options): string => {
  assertName('collection', collection);
  assertName('source', name);
  return `sources/${collection}/${name}`;
};

const tell = ({ json }: Options, value: unknown, text: string): void => {
  if (json === true) printJson(value);
  else print(text);
};

const stateOf = ({ error, paused, schedule }: SourceStatusV1): string => {
  if (error !== undefined) return `broken: ${error.code}`;
  if (paused) return 'paused';
  return schedule === 'manual' ? 'manual' : 'on';
};

const time = (value: string | undefined): string => (value === undefined ? '-' : minute(value));

const list = async ({ json, collection }: { json?: boolean; collection?: string }): Promise<void> => {
  if (collection !== undefined) assertName('collection', collection);
  const query = collection === undefined ? '' : `?collection=${collection}`;
  const { sources } = await getJson(connect(), `sources${query}`, sourcesV1);
  if (json === true) {
    printJson({ sources });
    return;
  }
  if (sources.length === 0) {
    say('There is no source yet. Add one: alluvium sources add <name> --connector <connector>');
    return;
  }
  const rows = sources.map((source) => [
    ...[source.collection, source.name, source.connector ?? '-', stateOf(source), source.schedule ?? '-'],
    ...[time(source.nextRunAt), time(source.lastRun?.startedAt)],
  ]);
  print(table(['COLLECTION', 'SOURCE', 'CONNECTOR', 'STATE', 'SCHEDULE', 'NEXT (UTC)', 'LAST (UTC)'], rows));
};

const render = (source: SourceStatusV1): string => {
  const { pause, lastRun, error } = source;
  return renderFields({
    source: `${source.collection}/${source.name}`,
    connector: source.connector ?? '-',
    settings: JSON.stringify(source.settings ?? {}),
    ...(source.allowedHosts && { 'allowed hosts': source.allowedHosts.join(', ') }),
    state: stateOf(source),
    ...(pause && {
      'paused by': `${pause.by}, ${minute(pause.at)} UTC${pause.reason ? `: ${pause.reason}` : ''}`,
    }),
    ...(error && { error: error.message }),
    schedule: source.schedule ?? '-',
    'next crawl': time(source.nextRunAt),
    'last crawl': lastRun === undefined ? '-' : `${minute(lastRun.startedAt)}, run ${lastRun.runId}`,
    changed: minute(source.changedAt),
  });
};

const show = async (name: string, options: Options): Promise<void> => {
  const source = await getJson(connect(), pathOf(name, options), sourceStatusV1);
  tell(options, source, render(source));
};

const exists = (path: string): Promise<boolean> =>
  getJson(connect(), path, sourceStatusV1).then(
    () => true,
    (error: unknown) => {
      if (error instanceof CliError && error.exitCode === exitCodes.notFound) return false;
      throw error;
    },
  );

const add = async (name: string, options: Options & AddOptions & { replace?: boolean }): Promise<void> => {
  const path = pathOf(name, options);
  const body = await sourceRequestOf(options);
  if (options.replace !== true && (await exists(path)))
    throw new CliError(
      `There is a source "${name}" in the collection "${options.collection}".`,
      exitCodes.conflict,
      'Pass --replace to change it.',
    );
  const put = { method: 'PUT' as const, path, body, contract: sourceStatusV1 };
  const source = await callJson(connect(), put);
  const next = source.paused ? 'It is paused.' : 'It is read now, and then as its schedule says.';
  tell(options, source, `The source ${options.collection}/${name} is there. ${next}`);
};

const hold =
  (operation: 'pause' | 'resume') =>
  async (name: string, options: Options & { reason?: string }): Promise<void> => {
    pathOf(name, options);
    const { collection, reason } = options;
    const args = { collection, source: name };
    const done = await perform({ operation, args, ...(reason !== undefined && { reason }) });
    tell(options, done, done.summary ?? `The source ${collection}/${name}: ${operation} is done.`);
  };

const run = async (name: string, options: Options & { wait?: boolean }): Promise<void> => {
  const connection = connect();
  const asked = { method: 'POST' as const, path: `${pathOf(name, options)}/runs`, contract: sourceRunV1 };
  const { jobId } = await callJson(connection, asked);
  if (options.wait !== true) {
    tell(options, { runId: jobId }, `Run ${jobId} is under way. Follow it: alluvium runs ${jobId} --follow`);
    return;
  }
  const job = await followRun(connection, jobId, { patienceMs: RUN_PATIENCE_MS });
  tell(options, job, renderJob(job).join('\n'));
  if (job.state !== 'done') process.exitCode = exitCodes.failed;
};

const remove = async (name: string, options: Options & { yes?: boolean }): Promise<void> => {
  const path = pathOf(name, options);
  await confirm(
    `Forget the source ${options.collection}/${name}? What it brought stays searchable.`,
    options,
  );
  await deletePath(connect(), path);
  tell(
    options,
    { collection: options.collection, name, isRemoved: true },
    `The source ${options.collection}/${name} is no longer read; what it brought stays.`,
  );
};

const collect = (value: string, before: string[]): string[] => [...before, value];
const NAMED = 'five fields in UTC, rate(6 hours), or manual; 06:00 daily by default';

const addAdd = (command: Command): Command =>
  command
    .option('--connector <connector>', 'files, sitemap, feed, github, http-json or marvel')
    .option('-o, --option <name=value>', 'setting of the connector; may be repeated', collect, [])
    .option('-f, --file <file>', 'JSON document of the source; options count more')
    .option('-s, --schedule <cron>', NAMED)
    .option('--allow-host <host>', 'private host that may be asked; may be repeated', collect, [])
    .option('--paused', 'do not read it yet')
    .option('--replace', 'change one that is there')
    .action(add);

/** `alluvium sources` */
export const addSources = (program: Command): void => {
  const group = program
    .command('sources')
    .summary('places that are read again and again')
    .description(
      'A source is read when it is added, and then by its schedule.\n\n' +
        'Examples:\n  alluvium sources add manual --connector github \\\n    --option repository=owner/name\n' +
        "  alluvium sources add site --connector sitemap --schedule '0 */6 * * *' \\\n    --option url=https://example.org/sitemap.xml\n" +
        '  alluvium sources ls\n  alluvium sources pause site --reason "is being rebuilt"',
    );
  group
    .command('ls')
    .description('list sources and when they are read')
    .option('-c, --collection <name>', 'of this collection alone')
    .option('--json', 'print one JSON object')
    .action(list);
  const command = (usage: string, description: string): Command =>
    group
      .command(usage)
      .description(description)
      .option('-c, --collection <name>', 'collection', 'docs')
      .option('--json', 'print one JSON object');
  command('show <name>', 'tell all about a source').action(show);
  addAdd(command('add <name>', 'add a source; its connector checks the options'));
  command('pause <name>', 'begin no more crawls').option('--reason <text>', 'why').action(hold('pause'));
  command('resume <name>', 'read it again').option('--reason <text>', 'why').action(hold('resume'));
  command('run <name>', 'read it now')
    .option('-w, --wait', 'stay until everything is searchable')
    .action(run);
  command('remove <name>', 'read it no more').option('-y, --yes', 'do not ask').action(remove);
};
