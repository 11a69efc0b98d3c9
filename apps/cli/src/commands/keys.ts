import {
  apiKeyTable,
  documentClient,
  mintApiKey,
  type ApiKeyRecord,
  type ApiKeyTable,
} from '@alluvium/lambda-kit';
import type { Command } from 'commander';
import { CliError, exitCodes } from '../cli-error.ts';
import { confirm } from '../confirm.ts';
import { connect, useAws } from '../connection.ts';
import { describeKey, stateOf, type KeyOptions } from '../keys/key-options.ts';
import { minute, print, printJson, say, table } from '../output.ts';

interface Options {
  json?: boolean;
  yes?: boolean;
}

const openTable = (): ApiKeyTable => {
  const connection = connect();
  const { keysTable: tableName } = connection;
  if (tableName === undefined)
    throw new CliError(
      'The table of keys is not known.',
      exitCodes.usage,
      'Name it in ALLUVIUM_KEYS_TABLE: the export KeysTableName of the platform stack.',
    );
  useAws(connection);
  return apiKeyTable({ client: documentClient(), tableName });
};

// Everything but the hash, which helps nobody.
const shown = ({ hash: _hash, ...record }: ApiKeyRecord): Omit<ApiKeyRecord, 'hash'> & { state: string } => ({
  ...record,
  state: stateOf({ ...record, hash: _hash }, Date.now()),
});

const create = async ({ json, ...options }: KeyOptions & Options): Promise<void> => {
  const described = describeKey(options, Date.now());
  const { key, ...minted } = mintApiKey();
  const record = { ...minted, ...described };
  await openTable().add(record);
  if (json === true) {
    printJson({ key, ...shown(record) });
    return;
  }
  print(key);
  say('This is the only time that the key is shown. Send it in the header x-api-key.');
};

const ls = async ({ json }: Options): Promise<void> => {
  const records = (await openTable().list()).map(shown);
  if (json === true) {
    printJson(records);
    return;
  }
  const rows = records.map(({ keyId, state, scopes, createdAt, collections, expiresAt, name }) => [
    ...[keyId, state, scopes.join(','), minute(createdAt)],
    ...[expiresAt === undefined ? '-' : minute(expiresAt), collections?.join(',') ?? 'all', name],
  ]);
  print(table(['KEY', 'STATE', 'SCOPES', 'MADE', 'EXPIRES', 'COLLECTIONS', 'NAME'], rows));
};

const revoke = async (keyId: string, options: Options): Promise<void> => {
  const keys = openTable();
  const record = await keys.find(keyId);
  if (record === undefined)
    throw new CliError(
      `There is no key ${keyId}.`,
      exitCodes.notFound,
      'See what there is: alluvium keys ls',
    );
  await confirm(`Revoke ${keyId}, "${record.name}"? Whoever uses it is refused within a minute.`, options);
  await keys.revoke(keyId, new Date().toISOString());
  if (options.json === true) printJson({ keyId, revoked: true });
  else print(`${keyId} is revoked; the API refuses it within a minute.`);
};

const addCreate = (group: Command): void => {
  group
    .command('create')
    .description('make a key and show it once')
    .requiredOption('--name <text>', 'what it is for')
    .option('--scope <scope...>', 'read, write or admin', ['read'])
    .option('-c, --collection <name...>', 'good for these only')
    .option('--expires <when>', 'days such as 90d, or a time')
    .option('--rate <number>', 'requests a second')
    .option('--burst <number>', 'requests at once')
    .option('--json', 'print one JSON object')
    .action(create);
};

/** `alluvium keys` */
export const addKeys = (program: Command): void => {
  const group = program
    .command('keys')
    .summary('who may use the HTTP API')
    .description(
      'Keys are stored as hashes: one that is lost is made anew.\n\n' +
        'Examples:\n  alluvium keys create --name website --scope read --collection docs --rate 5\n' +
        '  alluvium keys ls\n  alluvium keys revoke 0123456789ab',
    );
  addCreate(group);
  group.command('ls').description('list keys').option('--json', 'print one JSON array').action(ls);
  group
    .command('revoke')
    .argument('<keyId>', 'as ls shows it')
    .description('end a key for good')
    .option('-y, --yes', 'do not ask')
    .option('--json', 'print one JSON object')
    .action(revoke);
};
