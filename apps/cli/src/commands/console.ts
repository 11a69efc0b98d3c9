import type { Command } from 'commander';
import { CliError, exitCodes } from '../cli-error.ts';
import { connect, type Connection } from '../connection.ts';
import { openConsole } from '../console/open-console.ts';
import { printJson, say } from '../output.ts';

interface Options {
  endpoint?: string;
  apiKey?: string;
  port: string;
  json?: boolean;
}

/** The port that is tried first. */
export const CONSOLE_PORT = '7272';

const stackOf = ({ endpoint }: Options): Connection => {
  if (endpoint === undefined) return connect();
  if (!URL.canParse(endpoint) || !/^https?:/.test(endpoint))
    throw new CliError(
      `--endpoint ${endpoint} is no URL.`,
      exitCodes.usage,
      'Write --endpoint https://<id>.execute-api.<region>.amazonaws.com',
    );
  const { ALLUVIUM_BUCKET: bucket = '', ALLUVIUM_EVENT_BUS: eventBus = '' } = process.env;
  const api = endpoint.replace(/\/$/, '');
  return { api, bucket, eventBus, region: process.env['AWS_REGION'] ?? '', awsEndpoints: {} };
};

const connectionOf = (options: Options): Connection => {
  const stack = stackOf(options);
  // A key in the environment stays out of the list of processes and of the shell's history.
  const apiKey = options.apiKey ?? process.env['ALLUVIUM_API_KEY'] ?? stack.apiKey;
  return { ...stack, ...(apiKey !== undefined && { apiKey }) };
};

const run = async (options: Options): Promise<void> => {
  const connection = connectionOf(options);
  const server = await openConsole({ connection, apiKey: connection.apiKey, port: Number(options.port) });
  if (options.json === true) printJson({ console: server.endpoint });
  else say(`Console  ${server.endpoint}\nCtrl-C ends it.`);
  const alive = setInterval(() => undefined, 60_000);
  await new Promise((done) => {
    process.once('SIGINT', done);
    process.once('SIGTERM', done);
  });
  clearInterval(alive);
  await server.close();
};

/** `alluvium console` */
export const addConsole = (program: Command): void => {
  program
    .command('console')
    .summary('look at a stack in the browser')
    .description(
      'Serves the console on this machine and passes its calls on to the stack,\nwith the key, which the browser never sees.\n\n' +
        'Examples:\n  alluvium console --endpoint https://abc.execute-api.eu-west-1.amazonaws.com\n' +
        '  ALLUVIUM_API_KEY=… alluvium console --endpoint https://…',
    )
    .option('--endpoint <url>', 'HTTP API of the stack; the one that runs here by default')
    .option('--api-key <key>', 'its key; ALLUVIUM_API_KEY is better')
    .option('--port <number>', 'port of the console; 0 picks a free one', CONSOLE_PORT)
    .option('--json', 'print one JSON object')
    .action(run);
};
