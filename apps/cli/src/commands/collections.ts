import { collectionsV1 } from '@alluvium/contracts';
import type { Command } from 'commander';
import { getJson } from '../api-client.ts';
import { connect } from '../connection.ts';
import { minute, print, printJson, say, table } from '../output.ts';

const run = async (options: { json?: boolean }): Promise<void> => {
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

/** `alluvium collections` */
export const addCollections = (program: Command): void => {
  program
    .command('collections')
    .description('list the collections')
    .option('--json', 'print one JSON object')
    .action(run);
};
