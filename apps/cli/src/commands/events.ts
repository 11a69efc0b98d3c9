import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { makeEvent, type EventContract, type EventDetail } from '@alluvium/contracts';
import { events } from '@alluvium/contracts/catalogue';
import type { Command } from 'commander';
import { ulid } from 'ulid';
import { CliError, exitCodes } from '../cli-error.ts';
import { connect, useAws } from '../connection.ts';
import { print, printJson, say } from '../output.ts';
import { knownSchemas, plannedBy } from '../schemas/schema-files.ts';

interface Options {
  data: string;
  dryRun?: boolean;
  json?: boolean;
}

/** Error: usage, when the event has a schema and nobody to listen. */
const refusePlanned = (name: string): void => {
  const known = knownSchemas().find((schema) => schema.name === name || schema.name === `${name}.v1`);
  const owner = known === undefined ? undefined : plannedBy(known);
  if (known === undefined || owner === undefined) return;
  throw new CliError(
    `${known.name} is planned: nobody listens to it yet.`,
    exitCodes.usage,
    `${owner} will emit it. See what it will tell: alluvium schemas show ${known.name}`,
  );
};

const contractOf = (name: string): EventContract<EventDetail> => {
  const found =
    (events as Record<string, unknown>)[name] ?? (events as Record<string, unknown>)[`${name}.v1`];
  if (found !== undefined) return found as EventContract<EventDetail>;
  refusePlanned(name);
  throw new CliError(
    `There is no event "${name}".`,
    exitCodes.notFound,
    `Known: ${Object.keys(events).join(', ')}`,
  );
};

const readData = async (file: string): Promise<Record<string, unknown>> => {
  const content = await (file === '-' ? text(process.stdin) : readFile(file, 'utf8')).catch(() => {
    throw new CliError(
      `${file} cannot be read.`,
      exitCodes.notFound,
      'Pass a file with the data of the event, or -.',
    );
  });
  try {
    const value = JSON.parse(content) as Record<string, unknown>;
    // A whole detail, as in schemas/examples, is as good as its data.
    return (value['metadata'] === undefined ? value : value['data']) as Record<string, unknown>;
  } catch (error) {
    throw new CliError(`${file} is not JSON: ${(error as Error).message}.`, exitCodes.usage);
  }
};

const emit = async (name: string, options: Options): Promise<void> => {
  const contract = contractOf(name);
  const data = await readData(options.data);
  const { eventBridgeClient, eventBus, systemOrigin } = await import('@alluvium/lambda-kit');
  const origin = systemOrigin('cli', '0.1.0');
  const correlationId = typeof data['runId'] === 'string' ? data['runId'] : ulid();
  const event = makeEvent(contract, data, { correlationId }, origin);
  if (options.dryRun === true) {
    printJson(event);
    say('The event is valid. Nothing was sent.');
    return;
  }
  const connection = connect();
  useAws(connection);
  await eventBus({ client: eventBridgeClient(), busName: connection.eventBus, origin }).publishAll([event]);
  if (options.json === true) printJson(event);
  else print(`${event.detailType} was accepted as ${event.detail.metadata.eventId}.`);
};

/** `alluvium events` */
export const addEvents = (program: Command): void => {
  const group = program.command('events').description('work with events');
  group
    .command('emit <name>')
    .summary('validate an event and put it on the bus')
    .description(
      'Starts any stage by hand. The file holds the data of the event, or its whole detail.\n\n' +
        'Example:\n  alluvium events emit compaction.requested.v1 --data request.json --dry-run',
    )
    .requiredOption('-d, --data <file>', 'file with the data as JSON; - reads stdin')
    .option('--dry-run', 'validate and print only')
    .option('--json', 'print the event as one JSON object')
    .action(emit);
  group
    .command('ls')
    .description('list the events')
    .option('--json', 'print one JSON object')
    .action((options: { json?: boolean }) => {
      const names = Object.keys(events);
      if (options.json === true) printJson({ events: names });
      else for (const name of names) print(name);
    });
};
