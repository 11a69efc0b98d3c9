import { documentsDeleteResponseV1, documentV1, type DocumentsDeleteResponseV1 } from '@alluvium/contracts';
import type { Command } from 'commander';
import { callJson, getJson, postJson } from '../api-client.ts';
import { CliError, exitCodes } from '../cli-error.ts';
import { confirmTyped } from '../confirm-typed.ts';
import { connect } from '../connection.ts';
import { count, say, tell } from '../output.ts';
import { filtersOf, withFilters, type FilterOptions } from './document-filters.ts';
import { documentPath } from './document-path.ts';

interface Options extends FilterOptions {
  collection: string;
  dryRun?: boolean;
  confirm?: string;
  reason?: string;
  json?: boolean;
}

const documentsText = (many: number): string => `${count(many)} ${many === 1 ? 'document' : 'documents'}`;

const found = async (ids: readonly string[], { collection }: Options): Promise<DocumentsDeleteResponseV1> => {
  for (const id of ids) await getJson(connect(), documentPath(id, { collection }), documentV1);
  return { collection, matched: ids.length, documentIds: ids.slice(0, 10), dryRun: true };
};

const deleteMatching = (options: Options, dryRun: boolean): Promise<DocumentsDeleteResponseV1> => {
  const { collection, reason } = options;
  const body = { collection, filters: filtersOf(options), dryRun, ...(reason !== undefined && { reason }) };
  return postJson(connect(), 'documents/delete', { body, contract: documentsDeleteResponseV1 });
};

const deleteNamed = async (ids: readonly string[], { collection, reason }: Options) => {
  const query = { collection, ...(reason !== undefined && { reason }) };
  let last: DocumentsDeleteResponseV1 | undefined;
  for (const id of ids)
    last = await callJson(connect(), {
      ...{ path: documentPath(id, query), method: 'DELETE' as const },
      contract: documentsDeleteResponseV1,
    });
  return { ...last, collection, matched: ids.length, documentIds: ids.slice(0, 10) };
};

const assertOneWay = (ids: readonly string[], options: Options): void => {
  const hasFilters = Object.keys(filtersOf(options)).length > 0;
  if (ids.length > 0 !== hasFilters) return;
  throw new CliError(
    hasFilters ? 'Name documents or filters, not both.' : 'That would delete every document.',
    exitCodes.usage,
    'Name documents, or those that pass: --filter, --entity, --id, --since, --until.',
  );
};

const remove = async (ids: string[], options: Options): Promise<void> => {
  const { collection, dryRun } = options;
  assertOneWay(ids, options);
  const before = await (ids.length > 0 ? found(ids, options) : deleteMatching(options, true));
  const many = `${documentsText(before.matched)} of ${collection}`;
  if (dryRun === true || before.matched === 0) {
    tell(options, before, () => [`${many} would be deleted.`, ...before.documentIds].join('\n'));
    return;
  }
  for (const id of before.documentIds) say(`  ${id}`);
  await confirmTyped({ question: `Delete ${many}?`, name: collection, given: options.confirm });
  const done = await (ids.length > 0 ? deleteNamed(ids, options) : deleteMatching(options, false));
  tell(
    options,
    done,
    () => `Asked to delete ${documentsText(done.matched)}: found no more in a few seconds.`,
  );
};

/** `alluvium documents delete` */
export const addDelete = (command: (usage: string, description: string) => Command): void => {
  withFilters(command('delete [documents...]', 'delete documents, by name or by filters'))
    .option('--dry-run', 'count, and delete nothing')
    .option('--confirm <collection>', 'name of the collection, instead of typing it')
    .option('--reason <text>', 'why, for those who ask later')
    .action(remove);
};
