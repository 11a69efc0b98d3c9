import { rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Cloud, CloudOptions, Journal, LocalServer } from '@alluvium/local';
import type { Command } from 'commander';
import { CliError, exitCodes } from '../cli-error.ts';
import { CONNECTION_FILE, STATE_FOLDER, useAws, type Connection } from '../connection.ts';
import { CONSOLE_PORT } from './console.ts';
import { builtPages } from '../console/built-pages.ts';
import { openConsole } from '../console/open-console.ts';
import { count, dim, green, print, printJson, say } from '../output.ts';
import { admitLocalKey, localKey } from '../up/local-key.ts';
import type { DemoResult } from '../up/run-demo.ts';
import { renderHits } from '../search/render-hits.ts';

interface Options {
  bare?: boolean;
  demo?: boolean;
  once?: boolean;
  json?: boolean;
  port: string;
  consolePort: string;
  state?: string;
  chaos?: string;
  requireKey?: boolean;
}

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const STAGE = 'dev';
const REGION = 'eu-west-1';

/** Resolves when the user or the system asks this process to end. */
const interrupted = (): Promise<void> =>
  new Promise((done) => {
    process.once('SIGINT', () => done());
    process.once('SIGTERM', () => done());
  });

// The servers' sockets do not keep the process alive on every path; a pending timer does.
const stayUntilInterrupted = async (): Promise<void> => {
  const alive = setInterval(() => undefined, 60_000);
  await interrupted();
  clearInterval(alive);
};

const upBare = async (options: Options): Promise<void> => {
  const { startServers } = await import('@alluvium/local');
  const servers = await startServers(
    options.state === undefined ? {} : { directory: resolve(options.state) },
  );
  const { s3, sqs, dynamodb, eventbridge } = servers.endpoints;
  if (options.json === true) printJson({ s3, sqs, dynamodb, eventbridge });
  else
    for (const [name, endpoint] of Object.entries({ s3, sqs, dynamodb, eventbridge }))
      print(`${name} ${endpoint}`);
  await stayUntilInterrupted();
  await servers.close();
};

const exportOf = (cloud: Cloud, name: string): string => {
  const value = cloud.exports[`alluvium-${STAGE}-${name}`];
  if (value === undefined) throw new Error(`The platform stack exports no ${name}.`);
  return value;
};

const connectionOf = (cloud: Cloud, apiKey: string): Connection => {
  const { s3, sqs, dynamodb, eventbridge, api } = cloud.endpoints;
  return {
    api,
    bucket: exportOf(cloud, 'DataBucketName'),
    eventBus: exportOf(cloud, 'EventBusName'),
    keysTable: exportOf(cloud, 'KeysTableName'),
    apiKey,
    region: REGION,
    pid: process.pid,
    awsEndpoints: {
      AWS_ENDPOINT_URL_S3: s3,
      AWS_ENDPOINT_URL_SQS: sqs,
      AWS_ENDPOINT_URL_DYNAMODB: dynamodb,
      AWS_ENDPOINT_URL_EVENTBRIDGE: eventbridge,
    },
  };
};

const tellDemo = ({ documents, chunks, skipped, seconds, query, answer }: DemoResult): void => {
  say(
    `${green('Searchable:')} ${count(documents)} documents, ${count(chunks)} chunks, ${count(skipped)} files skipped, ${seconds.toFixed(1)} s.`,
  );
  say(`\n"${query}"`);
  for (const line of renderHits(answer)) say(line);
};

const printDemo = (result: DemoResult): void => {
  const { documents, chunks, skipped, seconds, stages, query, answer } = result;
  const hits = answer.results.map(({ documentId, title, score }) => ({ documentId, title, score }));
  printJson({ documents, chunks, skipped, seconds, stages, query, hits });
};

const demo = async (connection: Connection, stateFolder: string, options: Options): Promise<void> => {
  const { runDemo } = await import('../up/run-demo.ts');
  const result = await runDemo(connection, { corpusFolder: join(ROOT, 'node_modules'), stateFolder });
  tellDemo(result);
  if (options.json === true) printDemo(result);
};

const seedOf = (text: string): number => {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new CliError(`--chaos takes a whole number as its seed, not "${text}".`, exitCodes.usage);
};

interface Start {
  stateFolder: string;
  journal: Journal;
  apiKey: string;
}

const cloudOptions = ({ stateFolder, journal, apiKey }: Start, options: Options): CloudOptions => ({
  root: ROOT,
  directory: stateFolder,
  stage: STAGE,
  region: REGION,
  ports: { api: Number(options.port) },
  ...(options.chaos === undefined ? {} : { chaos: { seed: seedOf(options.chaos) } }),
  // What asks without a key asks as the owner of this machine; the authorizer sees a key all the same.
  ...(options.requireKey === true ? {} : { defaultHeaders: { 'x-api-key': apiKey } }),
  onProgress: (message) => say(dim(message)),
  onLog: (line) => journal.addLog(line),
  onInvocation: (invocation) => journal.addInvocation(invocation),
});

// Everything works without the console: what is wrong with it is told, and no more.
const openConsoleBeside = async (
  connection: Connection,
  journal: Journal,
  options: Options,
): Promise<LocalServer | undefined> => {
  if (options.once === true) return undefined;
  try {
    return await openConsole({
      ...{ connection, journal, port: Number(options.consolePort) },
      apiKey: connection.apiKey,
    });
  } catch (error) {
    say(`There is no console: ${(error as Error).message}`);
    return undefined;
  }
};

const tellAddresses = ({ api, console: page }: Connection): void => {
  say('');
  if (page !== undefined) say(`${green('Console')}   ${page}`);
  say(`HTTP API  ${api}  e.g. ${api}/retrieve?collection=docs&q=leases`);
  say('Try       npx alluvium search "validate a JSON schema"');
  say('Ctrl-C stops everything; the data stays for the next start.');
};

const serve = async (cloud: Cloud, { journal, stateFolder, apiKey }: Start, options: Options) => {
  const connectionFile = join(stateFolder, CONNECTION_FILE);
  cloud.servers.bus.onEvent((event, bus) => journal.addEvent(event, bus));
  const connection = connectionOf(cloud, apiKey);
  useAws(connection);
  await admitLocalKey(apiKey, exportOf(cloud, 'KeysTableName'));
  const page = await openConsoleBeside(connection, journal, options);
  if (page !== undefined) connection.console = page.endpoint;
  try {
    const { seedModel } = await import('../up/seed-model.ts');
    await seedModel(connection.bucket);
    await writeFile(connectionFile, JSON.stringify(connection), { mode: 0o600 });
    if (page !== undefined) say(`${green('Console')}   ${page.endpoint}`);
    if (options.demo === true) await demo(connection, stateFolder, options);
    else if (options.json === true) printJson(cloud.endpoints);
    if (options.once === true) return;
    tellAddresses(connection);
    await stayUntilInterrupted();
  } finally {
    await rm(connectionFile, { force: true });
    await page?.close();
  }
};

const up = async (options: Options): Promise<void> => {
  if (options.bare === true) return upBare(options);
  const { openJournal, startCloud } = await import('@alluvium/local');
  const stateFolder = resolve(options.state ?? process.env['ALLUVIUM_STATE'] ?? join(ROOT, STATE_FOLDER));
  const journal = await openJournal(join(stateFolder, 'console'));
  const start = { stateFolder, journal, apiKey: await localKey(stateFolder) };
  // Built while the stacks are packaged; whoever needs the pages is told what went wrong.
  if (options.once !== true) builtPages().catch(() => undefined);
  const cloud = await startCloud(cloudOptions(start, options));
  try {
    await serve(cloud, start, options);
  } finally {
    await cloud.close();
    await journal.close();
    say(dim(`Stopped. The data stays in ${stateFolder}.`));
  }
};

/** `alluvium up` */
export const addUp = (program: Command): void => {
  program
    .command('up')
    .summary('run the whole cloud on this machine')
    .description(
      'Examples:\n  alluvium up                 all seven stacks, until Ctrl-C\n' +
        '  alluvium up --bare --json   only S3, SQS, DynamoDB and EventBridge, in memory',
    )
    .option('--bare', 'start the four AWS services only, print their endpoints and wait')
    .option('--demo', 'ingest the documentation of the installed packages and ask it a question')
    .option('--once', 'end when the work is done')
    .option('--port <number>', 'port of the HTTP API; 0 picks a free one', '0')
    .option('--console-port <number>', 'port of the console', CONSOLE_PORT)
    .option('--state <folder>', 'where the data is kept')
    .option('--require-key', 'refuse HTTP requests without a key, as AWS does')
    .option('--chaos <seed>', 'kill functions and deliver batches twice, by chance')
    .option('--json', 'print one JSON object')
    .action(up);
};
