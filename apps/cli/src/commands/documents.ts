import { documentsV1, documentV1, type DocumentsV1 } from '@alluvium/contracts';
import type { Command } from 'commander';
import { getJson } from '../api-client.ts';
import { connect } from '../connection.ts';
import { addDelete } from '../documents/delete-documents.ts';
import { addErase } from '../documents/erase-documents.ts';
import { filtersOf, withFilters, type FilterOptions } from '../documents/document-filters.ts';
import { documentPath } from '../documents/document-path.ts';
import { count, minute, print, printJson, say, table, tell } from '../output.ts';

interface Options extends FilterOptions {
  collection: string;
  limit?: string;
  cursor?: string;
  json?: boolean;
}

const renderList = ({ documents, matched, cursor }: DocumentsV1): string => {
  const rows = documents.map(({ documentId, chunks, modified, title }) => [
    documentId,
    count(chunks),
    modified === undefined ? '' : minute(modified),
    title,
  ]);
  say(`${count(matched)} documents match.${cursor === undefined ? '' : ` More: --cursor ${cursor}`}`);
  return table(['DOCUMENT', 'PASSAGES', 'MODIFIED (UTC)', 'TITLE'], rows);
};

const list = async (options: Options): Promise<void> => {
  const { collection, limit, cursor } = options;
  const query = new URLSearchParams({ collection });
  const filters = filtersOf(options);
  if (Object.keys(filters).length > 0) query.set('filter', JSON.stringify(filters));
  if (limit !== undefined) query.set('limit', limit);
  if (cursor !== undefined) query.set('cursor', cursor);
  const answer = await getJson(connect(), `documents?${query.toString()}`, documentsV1);
  if (options.json !== true && answer.documents.length === 0) say('No document matches.');
  else tell(options, answer, () => renderList(answer));
};

const get = async (documentId: string, { collection, json }: Options): Promise<void> => {
  const answer = await getJson(connect(), documentPath(documentId, { collection }), documentV1);
  if (json === true) {
    printJson(answer);
    return;
  }
  const { title, url, modified, attributes, chunks } = answer.document;
  print(title === '' ? documentId : title);
  for (const [name, value] of Object.entries({
    documentId,
    url,
    modified,
    attributes: JSON.stringify(attributes),
  }))
    if (value !== undefined && value !== '{}') print(`  ${name}: ${value}`);
  for (const { ordinal, text } of chunks) print(`\n[${ordinal}] ${text}`);
};

/** `alluvium documents` */
export const addDocuments = (program: Command): void => {
  const group = program
    .command('documents')
    .summary('look at documents, delete them, erase them')
    .description(
      'Looks at documents, deletes them, erases them.\n\nExamples:\n' +
        '  alluvium documents ls --filter "year>=2024"\n' +
        '  alluvium documents get files/document#a.md\n' +
        '  alluvium documents delete --until 2024-01-01 --dry-run\n' +
        '  alluvium documents erase files/document#a.md',
    );
  const command = (usage: string, description: string): Command =>
    group
      .command(usage)
      .description(description)
      .option('-c, --collection <name>', 'collection', 'docs')
      .option('--json', 'print one JSON object');
  withFilters(command('ls', 'list documents'))
    .option('--limit <number>', 'documents of a page')
    .option('--cursor <cursor>', 'go on after an earlier page')
    .action(list);
  command('get <document>', 'show a document with its passages').action(get);
  addDelete(command);
  addErase(command);
};
