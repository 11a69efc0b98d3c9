import { createInterface } from 'node:readline/promises';
import { collectionsV1 } from '@alluvium/contracts';
import type { Command } from 'commander';
import { deletePath, getJson } from '../api-client.ts';
import { CliError, exitCodes } from '../cli-error.ts';
import { connect } from '../connection.ts';
import { minute, print, printJson, say, table } from '../output.ts';

interface Options {
  json?: boolean;
  confirm?: string;
}

const list = async (options: Options): Promise<void> => {
  const answer = await getJson(connect(), 'collections', collectionsV1);
  if (options.json === true) {
    printJson(answer);
    return;
  }
  if (answer.collections.length === 0) {
    say('There is no collection yet. Make one: alluvium ingest <path>');
    return;
  }
  const rows = answer.collections.map(({ collection, active, updatedAt }) => [
    collection,
    active?.modelId ?? 'nothing published yet',
    minute(updatedAt),
  ]);
  print(table(['COLLECTION', 'MODEL', 'UPDATED (UTC)'], rows));
};

const typedName = async (name: string): Promise<string> => {
  if (!process.stdin.isTTY) {
    throw new CliError(
      `Delete the collection "${name}"? Nobody is here to answer.`,
      exitCodes.usage,
      `Pass --confirm ${name} to go on.`,
    );
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await terminal.question(`Type "${name}" to delete the collection with its candidates: `);
  } finally {
    terminal.close();
  }
};

const remove = async (name: string, { confirm, json }: Options): Promise<void> => {
  const typed = confirm ?? (await typedName(name));
  if (typed.trim() !== name) {
    throw new CliError(`"${typed.trim()}" is not "${name}": nothing was deleted.`, exitCodes.usage);
  }
  await deletePath(connect(), `collections/${encodeURIComponent(name)}`);
  if (json === true) printJson({ collection: name, isDeleted: true });
  else print(`${name} is deleted: it answers no more. Its objects stay until they are collected.`);
};

/** `alluvium collections` */
export const addCollections = (program: Command): void => {
  const collections = program
    .command('collections')
    .description('list the collections')
    .option('--json', 'print one JSON object')
    .action(list);
  collections
    .command('delete <name>')
    .description('delete a collection with its candidates, after its name was typed')
    .option('--confirm <name>', 'the name once more, instead of typing it')
    .exitOverride()
    .action((name: string, own: Options) => remove(name, { ...collections.opts<Options>(), ...own }));
};
