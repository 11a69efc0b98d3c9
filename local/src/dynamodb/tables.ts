import type { Reply, Request, Store, Table } from 'dynalite/db/index.js';
import { apiError, validationError } from './api-error.ts';
import type { DynamoDbContext, Operation } from './context.ts';
import { perform, readTable, validate } from './engine.ts';
import { noSettingsEntry, settingsEntry, tagMap } from './table-settings.ts';
import { indexPrefix, itemPrefix, rangeOf } from './write-batch.ts';

const PREFIX = 'table~';

export const tableEntry = (table: Table): { type: 'put'; key: string; value: Table } => ({
  type: 'put',
  key: PREFIX + table.TableName,
  value: table,
});

/** Runs a table action and waits for its second, delayed write, the one that makes the table ACTIVE; answers as AWS does, with the state before. */
export const performSettled = async (
  store: Store,
  action: 'createTable' | 'updateTable',
  request: Request,
): Promise<Reply> => {
  let writes = 0;
  let settle: () => void;
  const settled = new Promise<void>((resolve) => {
    settle = resolve;
  });
  const tableDb: Store['tableDb'] = {
    ...store.tableDb,
    put: (key, value, done) => {
      store.tableDb.put(key, value, (error) => {
        done(error);
        writes += 1;
        if (writes === 2) settle();
      });
    },
  };
  const reply = structuredClone(await perform({ ...store, tableDb }, action, request));
  await settled;
  return reply;
};

/** The parts of a description that dynalite does not know. */
export const describeExtras = (body: Record<string, unknown>): Record<string, unknown> => ({
  ...(body.DeletionProtectionEnabled === undefined
    ? {}
    : { DeletionProtectionEnabled: body.DeletionProtectionEnabled }),
  ...(body.TableClass === undefined ? {} : { TableClassSummary: { TableClass: body.TableClass } }),
  ...((body.SSESpecification as { Enabled?: boolean } | undefined)?.Enabled === true
    ? { SSEDescription: { Status: 'ENABLED', SSEType: 'KMS' } }
    : {}),
});

const hasTable = async ({ db }: Store, name: string): Promise<boolean> =>
  (await db.get(PREFIX + name)) !== undefined;

export const createTable: Operation = async ({ store, writers }, body) => {
  const tags = tagMap(body.Tags);
  const extras = { DeletionProtectionEnabled: false, ...describeExtras(body) };
  const request = validate(store, 'createTable', body);
  return writers.run(async () => {
    if (await hasTable(store, request.TableName)) {
      throw apiError('ResourceInUseException', `Table already exists: ${request.TableName}`);
    }
    // first, so that an acknowledged table always has its tags
    await store.db.batch([settingsEntry(request.TableName, { tags })]);
    return performSettled(store, 'createTable', { ...request, ...extras });
  });
};

const eraseTable = async ({ db }: Store, table: Table): Promise<void> => {
  const name = table.TableName;
  await db.clear(rangeOf(itemPrefix(name)));
  for (const { IndexName } of table.GlobalSecondaryIndexes ?? []) {
    await db.clear(rangeOf(indexPrefix('global', name, IndexName)));
  }
  for (const { IndexName } of table.LocalSecondaryIndexes ?? []) {
    await db.clear(rangeOf(indexPrefix('local', name, IndexName)));
  }
  await db.batch([{ type: 'del', key: PREFIX + name }, noSettingsEntry(name)]);
};

export const deleteTable: Operation = async ({ store, writers }, body) => {
  const { TableName } = validate(store, 'describeTable', body);
  return writers.run(async () => {
    const table = await readTable(store, TableName, false);
    if (table.DeletionProtectionEnabled === true) {
      throw validationError(
        'Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.',
      );
    }
    const doomed = { ...table, TableStatus: 'DELETING' };
    await store.db.batch([tableEntry(doomed)]);
    await eraseTable(store, doomed);
    return { TableDescription: doomed };
  });
};

export const describeTable: Operation = async ({ store }, body) => {
  const { TableName } = validate(store, 'describeTable', body);
  return { Table: await readTable(store, TableName, false) };
};

export const listTables: Operation = async ({ store }, body) => {
  const { Limit: limit = 100, ExclusiveStartTableName: after = '' } = validate(store, 'listTables', body);
  const names: string[] = [];
  for await (const key of store.db.keys(rangeOf(PREFIX))) {
    const name = key.slice(PREFIX.length);
    if (name > after) names.push(name);
    if (names.length > limit) break;
  }
  const page = names.slice(0, limit);
  const last = page.at(-1);
  return {
    TableNames: page,
    ...(names.length > limit && last !== undefined ? { LastEvaluatedTableName: last } : {}),
  };
};

/** Brings to an end what a crash interrupted: half-made tables become ACTIVE, half-deleted ones go. */
export const repairTables = async ({ store }: DynamoDbContext): Promise<void> => {
  for await (const [, value] of store.db.iterator(rangeOf(PREFIX))) {
    const table = value as Table;
    if (table.TableStatus === 'DELETING') await eraseTable(store, table);
    else if (table.TableStatus !== 'ACTIVE') {
      for (const index of table.GlobalSecondaryIndexes ?? []) index.IndexStatus = 'ACTIVE';
      await store.db.batch([tableEntry({ ...table, TableStatus: 'ACTIVE' })]);
    }
  }
};
