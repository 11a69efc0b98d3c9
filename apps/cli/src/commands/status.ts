import { collectionsV1, jobsV1 } from '@alluvium/contracts';
import type { Command } from 'commander';
import { getJson } from '../api-client.ts';
import { connect } from '../connection.ts';
import { print, printJson } from '../output.ts';
import { search } from './search.ts';

const run = async (options: { json?: boolean }): Promise<void> => {
  const connection = connect();
  const { collections } = await getJson(connection, 'collections', collectionsV1);
  const { jobs } = await getJson(connection, 'jobs', jobsV1);
  const searchable = [];
  for (const { collection } of collections) {
    const { snapshot } = await search(connection, collection, { collection, k: '1', mode: 'lexical' });
    searchable.push({ collection, ...(snapshot === undefined ? {} : { snapshot }) });
  }
  const running = jobs.filter(({ state }) => state === 'running' || state === 'queued').length;
  if (options.json === true) {
    printJson({ api: connection.api, collections: searchable, running });
    return;
  }
  print(`API ${connection.api}`);
  for (const { collection, snapshot } of searchable) {
    const state =
      snapshot === undefined
        ? 'nothing published yet'
        : `${snapshot.documents} documents, ${snapshot.chunks} chunks, snapshot ${snapshot.version} of ${snapshot.publishedAt}`;
    print(`  ${collection}: ${state}`);
  }
  print(running === 0 ? 'No run is under way.' : `${running} runs are under way: alluvium runs`);
};

/** `alluvium status` */
export const addStatus = (program: Command): void => {
  program
    .command('status')
    .description('show what is searchable and what is under way')
    .option('--json', 'print one JSON object')
    .action(run);
};
