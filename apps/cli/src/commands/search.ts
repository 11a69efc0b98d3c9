import { retrieveResponseV1, type RetrieveResponseV1 } from '@alluvium/contracts';
import type { Command } from 'commander';
import { getJson } from '../api-client.ts';
import { CliError, exitCodes } from '../cli-error.ts';
import { connect, type Connection } from '../connection.ts';
import { bold, count, dim, fit, print, printJson, say, terminalWidth } from '../output.ts';

/** Options of a search, as the command line gives them. */
export interface SearchOptions {
  collection: string;
  k?: string;
  mode?: string;
  entity?: string;
  id?: string;
  since?: string;
  until?: string;
}

const MAX_QUERY_LENGTH = 8192;

/** Searches a collection of the stack. */
export const search = (
  connection: Connection,
  query: string,
  options: SearchOptions,
): Promise<RetrieveResponseV1> => {
  if (query.length > MAX_QUERY_LENGTH) {
    throw new CliError(
      `The query has ${count(query.length)} characters; at most ${count(MAX_QUERY_LENGTH)} are searched for.`,
      exitCodes.usage,
      'Shorten it to the sentence that matters.',
    );
  }
  const parameters = new URLSearchParams({ q: query });
  for (const [name, value] of Object.entries(options)) {
    if (typeof value === 'string') parameters.set(name, value);
  }
  return getJson(connection, `retrieve?${parameters.toString()}`, retrieveResponseV1);
};

/** The hits of an answer, as a person reads them. */
export const renderHits = ({ results }: RetrieveResponseV1): string[] => {
  const width = terminalWidth();
  return results.flatMap(({ score, title, documentId, url, snippet }, index) => [
    `${String(index + 1).padStart(2)}. ${bold(fit(title, width - 12))}  ${score.toFixed(3)}`,
    `    ${dim(fit(url ?? documentId, width - 4))}`,
    `    ${fit(snippet, width - 4)}`,
  ]);
};

const run = async (query: string, options: SearchOptions & { json?: boolean }): Promise<void> => {
  const { json, ...rest } = options;
  const answer = await search(connect(), query, rest);
  if (json === true) {
    printJson(answer);
    return;
  }
  for (const line of renderHits(answer)) print(line);
  const { snapshot, timings, matched } = answer;
  if (snapshot === undefined)
    say('Nothing was published to this collection yet. Watch the runs: alluvium runs');
  else {
    const of = `${count(matched)} of ${count(snapshot.chunks)} chunks`;
    say(dim(`${of}, snapshot ${snapshot.version}, ${timings.totalMs.toFixed(1)} ms`));
  }
};

/** `alluvium search` */
export const addSearch = (program: Command): void => {
  program
    .command('search <query>')
    .summary('search a collection')
    .description(
      'Examples:\n  alluvium search "validate a JSON schema"\n  alluvium search "leases" -k 3 --since 2026-01-01 --json',
    )
    .option('-c, --collection <name>', 'collection to search', 'docs')
    .option('-k, --k <number>', 'number of results (1..1000)')
    .option('--mode <mode>', 'hybrid, dense or lexical')
    .option('--entity <kind>', 'only documents of this kind')
    .option('--id <entityId>', 'only this document')
    .option('--since <time>', 'only documents modified at or after this time')
    .option('--until <time>', 'only documents modified before this time')
    .option('--json', 'print the answer as one JSON object')
    .action(run);
};
