import type { Command } from 'commander';
import { connect, type Connection } from '../connection.ts';
import { openConsole } from '../console/open-console.ts';
import { printJson, say } from '../output.ts';

interface Options {
  apiKey?: string;
  port: string;
  json?: boolean;
}

/** The port that is tried first. */
export const CONSOLE_PORT = '7272';

const connectionOf = ({ apiKey }: Options): Connection => ({
  ...connect(),
  ...(apiKey !== undefined && { apiKey }),
});

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
    .option('--api-key <key>', 'its key; ALLUVIUM_API_KEY is better')
    .option('--port <number>', 'port of the console; 0 picks a free one', CONSOLE_PORT)
    .option('--json', 'print one JSON object')
    .action(run);
};
