import { retrieveResponseV1, type RetrieveResponseV1 } from '@alluvium/contracts';
import type { Command } from 'commander';
import { getJson } from '../api-client.ts';
import { CliError, exitCodes } from '../cli-error.ts';
import { connect, type Connection } from '../connection.ts';
import { count, dim, print, printJson, say, terminalWidth } from '../output.ts';
import { readFilters } from '../search/filter-option.ts';
import { renderFooter } from '../search/render-footer.ts';
import { renderHits } from '../search/render-hits.ts';
import { renderPlan } from '../search/render-score.ts';

/** Options of a search, as the command line gives them. */
export interface SearchOptions {
  collection: string;
  k?: string;
  mode?: string;
  entity?: string;
  id?: string;
  since?: string;
  until?: string;
  threshold?: string;
  recall?: string;
  fusion?: string;
  /** `<dense>,<lexical>` */
  weights?: string;
  consistency?: string;
  /** A version, a time or a tag. */
  asOf?: string;
  /** Conditions on attributes, such as `year>=2024`. */
  filter?: string[];
  highlight?: boolean;
  explain?: boolean;
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
    if (value === true) parameters.set(name, 'true');
  }
  if (options.filter !== undefined)
    parameters.set('filter', JSON.stringify({ attributes: readFilters(options.filter) }));
  return getJson(connection, `retrieve?${parameters.toString()}`, retrieveResponseV1);
};

const run = async (query: string, options: SearchOptions & { json?: boolean }): Promise<void> => {
  const { json, ...rest } = options;
  const answer = await search(connect(), query, rest);
  if (json === true) {
    printJson(answer);
    return;
  }
  for (const line of renderHits(answer)) print(line);
  if (rest.explain === true) {
    print('');
    for (const line of renderPlan(answer, terminalWidth())) print(line);
  }
  say(dim(renderFooter(answer)));
};

/** `alluvium search` */
export const addSearch = (program: Command): void => {
  program
    .command('search <query>')
    .summary('search a collection')
    .description(
      'Examples:\n' +
        '  alluvium search "validate a JSON schema"\n' +
        '  alluvium search "leases" -k 3 --since 2026-01-01 --json\n' +
        '  alluvium search "leases" --filter "year>=2024" --filter "lang in en,de"\n' +
        '  alluvium search "leases" --highlight --explain',
    )
    .option('-c, --collection <name>', 'collection to search', 'docs')
    .option('-k, --k <number>', 'number of results (1..1000)')
    .option('--mode <mode>', 'hybrid, dense or lexical')
    .option('--entity <kind>', 'only documents of this kind')
    .option('--id <entityId>', 'only this document')
    .option('--since <time>', 'only documents modified at or after this time')
    .option('--until <time>', 'only documents modified before this time')
    .option('--threshold <score>', 'least score')
    .option(
      '--filter <condition>',
      'name=value, name>=value (>, <, <=) or "name in a,b"; repeatable',
      (condition: string, before: string[] | undefined) => [...(before ?? []), condition],
    )
    .option('--recall <share>', '0.95, 0.99 or exact, of the vectors')
    .option('--fusion <method>', 'min-max or rrf, of hybrid')
    .option('--weights <dense,lexical>', 'how much each counts in hybrid')
    .option('--consistency <level>', 'snapshot, or tail: with what is not settled')
    .option('--as-of <version>', 'a version of the past: number, time or tag')
    .option('--highlight', 'show where the words are')
    .option('--explain', 'show how the scores came about, and what was read')
    .option('--json', 'print the answer as one JSON object')
    .action(run);
};
