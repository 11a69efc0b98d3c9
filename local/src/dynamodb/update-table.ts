import dynalite, {
  type BatchEntry,
  type Index,
  type Item,
  type Reply,
  type Store,
  type Table,
} from 'dynalite/db/index.js';
import { notFoundError, validationError } from './api-error.ts';
import type { Operation } from './context.ts';
import { readTable, validate } from './engine.ts';
import { describeExtras, performSettled, tableEntry } from './tables.ts';
import { indexPrefix, itemPrefix, rangeOf } from './write-batch.ts';

type Body = Record<string, unknown>;

interface IndexUpdate {
  Create?: Pick<Index, 'IndexName' | 'KeySchema' | 'Projection'>;
  Delete?: { IndexName: string };
  Update?: object;
}

const BACKFILL_ROWS = 1000;

const hasKeyTypes = (item: Item, index: Index, table: Table): boolean =>
  index.KeySchema.every(({ AttributeName }) => {
    const definition = table.AttributeDefinitions.find((one) => one.AttributeName === AttributeName);
    return definition !== undefined && item[AttributeName]?.[definition.AttributeType] !== undefined;
  });

/** Writes an index row for each item that has the index's keys; items with keys of another type stay out, as on AWS. */
const backfill = async (store: Store, table: Table, index: Index): Promise<void> => {
  const prefix = indexPrefix('global', table.TableName, index.IndexName);
  let rows: BatchEntry[] = [];
  for await (const [, value] of store.db.iterator(rangeOf(itemPrefix(table.TableName)))) {
    const item = value as Item;
    if (!hasKeyTypes(item, index, table)) continue;
    for (const row of dynalite.getIndexActions([index], null, item, table).puts) {
      rows.push({ type: 'put', key: prefix + row.key, value: row.item });
    }
    if (rows.length >= BACKFILL_ROWS) {
      await store.db.batch(rows);
      rows = [];
    }
  }
  await store.db.batch(rows);
};

const createIndex = async (
  store: Store,
  table: Table,
  wish: NonNullable<IndexUpdate['Create']>,
): Promise<Table> => {
  const indexes = table.GlobalSecondaryIndexes ?? [];
  if (indexes.some(({ IndexName }) => IndexName === wish.IndexName)) {
    throw validationError('Attempting to create an index which already exists');
  }
  const index: Index = {
    ProvisionedThroughput: { ReadCapacityUnits: 0, WriteCapacityUnits: 0, NumberOfDecreasesToday: 0 },
    ...wish,
    IndexStatus: 'ACTIVE',
    IndexArn: `${table.TableArn}/index/${wish.IndexName}`,
    IndexSizeBytes: 0,
    ItemCount: 0,
  };
  const undefinedKey = index.KeySchema.find(
    (key) => !table.AttributeDefinitions.some((one) => one.AttributeName === key.AttributeName),
  );
  if (undefinedKey !== undefined) {
    throw validationError(
      `One or more parameter values were invalid: Some index key attributes are not defined in AttributeDefinitions. Keys: [${undefinedKey.AttributeName}]`,
    );
  }
  await backfill(store, table, index);
  return { ...table, GlobalSecondaryIndexes: [...indexes, index] };
};

const deleteIndex = async (store: Store, table: Table, name: string): Promise<Table> => {
  const { GlobalSecondaryIndexes: indexes = [], ...rest } = table;
  const kept = indexes.filter(({ IndexName }) => IndexName !== name);
  if (kept.length === indexes.length) throw notFoundError();
  await store.db.clear(rangeOf(indexPrefix('global', table.TableName, name)));
  return kept.length === 0 ? rest : { ...rest, GlobalSecondaryIndexes: kept };
};

const mergeDefinitions = (table: Table, more: Table['AttributeDefinitions']): Table => ({
  ...table,
  AttributeDefinitions: [
    ...table.AttributeDefinitions.filter(
      (old) => !more.some(({ AttributeName }) => AttributeName === old.AttributeName),
    ),
    ...more,
  ],
});

const updateDescription = async (store: Store, table: Table, body: Body): Promise<Table> => {
  let next = mergeDefinitions(
    { ...table, ...describeExtras(body) },
    (body.AttributeDefinitions ?? []) as Table['AttributeDefinitions'],
  );
  for (const { Create, Delete } of (body.GlobalSecondaryIndexUpdates ?? []) as IndexUpdate[]) {
    if (Create !== undefined) next = await createIndex(store, next, Create);
    if (Delete !== undefined) next = await deleteIndex(store, next, Delete.IndexName);
  }
  await store.db.batch([tableEntry(next)]);
  return next;
};

/** What dynalite updates by itself: billing mode and throughput. */
const throughputPart = (body: Body): Body | undefined => {
  const updates = ((body.GlobalSecondaryIndexUpdates ?? []) as IndexUpdate[]).filter(
    ({ Update }) => Update !== undefined,
  );
  if (body.BillingMode === undefined && body.ProvisionedThroughput === undefined && updates.length === 0) {
    return undefined;
  }
  return { ...body, GlobalSecondaryIndexUpdates: updates.length > 0 ? updates : undefined };
};

const OUR_PARTS = [
  'GlobalSecondaryIndexUpdates',
  'DeletionProtectionEnabled',
  'TableClass',
  'SSESpecification',
];

/** UpdateTable: billing and throughput, global indexes with backfill, deletion protection; done when it answers. */
export const updateTable: Operation = async ({ store, writers }, body) => {
  const throughput = throughputPart(body);
  const isOurs = OUR_PARTS.some((part) => body[part] !== undefined);
  const request =
    throughput === undefined && isOurs ? undefined : validate(store, 'updateTable', throughput ?? body);
  return writers.run(async (): Promise<Reply> => {
    const name =
      request?.TableName ?? validate(store, 'describeTable', { TableName: body.TableName }).TableName;
    await readTable(store, name, false);
    const reply = request === undefined ? {} : await performSettled(store, 'updateTable', request);
    if (!isOurs) return reply;
    return { TableDescription: await updateDescription(store, await readTable(store, name), body) };
  });
};
