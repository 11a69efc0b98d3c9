import type { BatchEntry, Reply, Store } from 'dynalite/db/index.js';
import { apiError, isApiError, notFoundError, validationError } from './api-error.ts';
import type { DynamoDbContext, Operation } from './context.ts';
import { readTable, validate } from './engine.ts';
import { rangeOf } from './write-batch.ts';

/** What a table has besides its description. */
export interface TableSettings {
  /** The attribute that holds an item's expiry in epoch seconds; absent when TTL is off. */
  ttlAttribute?: string;
  pointInTimeRecovery?: { sinceMs: number };
  tags?: Record<string, string>;
}

const PREFIX = 'setting~';

export const readSettings = async (store: Store, table: string): Promise<TableSettings> =>
  (await store.db.get(PREFIX + table)) ?? {};

export const settingsEntry = (table: string, value: TableSettings): BatchEntry => ({
  type: 'put',
  key: PREFIX + table,
  value,
});

export const noSettingsEntry = (table: string): BatchEntry => ({ type: 'del', key: PREFIX + table });

export async function* allSettings(store: Store): AsyncGenerator<[string, TableSettings]> {
  for await (const [key, value] of store.db.iterator(rangeOf(PREFIX))) {
    yield [key.slice(PREFIX.length), value as TableSettings];
  }
}

const change = (
  { store, writers }: DynamoDbContext,
  table: string,
  edit: (settings: TableSettings) => TableSettings,
): Promise<void> =>
  writers.run(async () => {
    await store.db.batch([settingsEntry(table, edit(await readSettings(store, table)))]);
  });

const tableName = async (store: Store, body: Record<string, unknown>): Promise<string> => {
  const { TableName } = validate(store, 'describeTable', { TableName: body.TableName });
  await readTable(store, TableName, false);
  return TableName;
};

const checkTtlChange = (current: string | undefined, enabled: boolean, attribute: string): void => {
  if (!enabled && current === undefined) throw validationError('TimeToLive is already disabled');
  if (current === undefined) return;
  if (current !== attribute) {
    throw validationError(
      `TimeToLive is active on a different AttributeName: current AttributeName is ${current}`,
    );
  }
  if (enabled) throw validationError('TimeToLive is already enabled');
};

export const updateTimeToLive: Operation = async (context, body) => {
  const table = await tableName(context.store, body);
  const wish = body.TimeToLiveSpecification as { Enabled?: boolean; AttributeName?: string } | undefined;
  if (typeof wish?.Enabled !== 'boolean' || !wish.AttributeName) {
    throw validationError(
      "1 validation error detected: Value null at 'timeToLiveSpecification' failed to satisfy constraint: Member must not be null",
    );
  }
  const { Enabled: enabled, AttributeName: attribute } = wish;
  await change(context, table, ({ ttlAttribute, ...rest }) => {
    checkTtlChange(ttlAttribute, enabled, attribute);
    return enabled ? { ...rest, ttlAttribute: attribute } : rest;
  });
  return { TimeToLiveSpecification: { Enabled: enabled, AttributeName: attribute } };
};

export const describeTimeToLive: Operation = async ({ store }, body) => {
  const { ttlAttribute } = await readSettings(store, await tableName(store, body));
  return {
    TimeToLiveDescription:
      ttlAttribute === undefined
        ? { TimeToLiveStatus: 'DISABLED' }
        : { TimeToLiveStatus: 'ENABLED', AttributeName: ttlAttribute },
  };
};

const backupsReply = ({ pointInTimeRecovery }: TableSettings, nowMs: number): Reply => ({
  ContinuousBackupsDescription: {
    ContinuousBackupsStatus: 'ENABLED',
    PointInTimeRecoveryDescription:
      pointInTimeRecovery === undefined
        ? { PointInTimeRecoveryStatus: 'DISABLED' }
        : {
            PointInTimeRecoveryStatus: 'ENABLED',
            RecoveryPeriodInDays: 35,
            EarliestRestorableDateTime: pointInTimeRecovery.sinceMs / 1000,
            LatestRestorableDateTime: nowMs / 1000,
          },
  },
});

const backupTable = async (store: Store, body: Record<string, unknown>): Promise<string> => {
  try {
    return await tableName(store, body);
  } catch (error) {
    if (!isApiError(error) || !error.body.__type.endsWith('#ResourceNotFoundException')) throw error;
    throw apiError('TableNotFoundException', `Table not found: ${String(body.TableName)}`);
  }
};

export const describeContinuousBackups: Operation = async ({ store, clock }, body) =>
  backupsReply(await readSettings(store, await backupTable(store, body)), clock.nowMs());

/** Remembers the wish and describes it; nothing can be restored. */
export const updateContinuousBackups: Operation = async (context, body) => {
  const { store, clock } = context;
  const table = await backupTable(store, body);
  const wish = body.PointInTimeRecoverySpecification as { PointInTimeRecoveryEnabled?: boolean } | undefined;
  await change(context, table, ({ pointInTimeRecovery, ...rest }) =>
    wish?.PointInTimeRecoveryEnabled === true
      ? { ...rest, pointInTimeRecovery: pointInTimeRecovery ?? { sinceMs: clock.nowMs() } }
      : rest,
  );
  return backupsReply(await readSettings(store, table), clock.nowMs());
};

export const tagMap = (tags: unknown): Record<string, string> =>
  Object.fromEntries(
    ((tags ?? []) as { Key: string; Value: string }[]).map(({ Key, Value }) => [Key, Value]),
  );

const taggedTable = async (store: Store, body: Record<string, unknown>): Promise<string> => {
  const arn = typeof body.ResourceArn === 'string' ? body.ResourceArn : '';
  const table = /^arn:aws:dynamodb:[^:]*:\d*:table\/([^/]+)$/.exec(arn)?.[1];
  if (table === undefined) {
    throw validationError(`Invalid TableArn: Invalid ResourceArn provided as input ${arn}`);
  }
  await readTable(store, table, false).catch(() => {
    throw notFoundError(`ResourcArn: ${arn} not found`);
  });
  return table;
};

export const tagResource: Operation = async (context, body) => {
  const table = await taggedTable(context.store, body);
  await change(context, table, (settings) => ({
    ...settings,
    tags: { ...settings.tags, ...tagMap(body.Tags) },
  }));
  return {};
};

export const untagResource: Operation = async (context, body) => {
  const table = await taggedTable(context.store, body);
  const gone = new Set((body.TagKeys ?? []) as string[]);
  await change(context, table, (settings) => ({
    ...settings,
    tags: Object.fromEntries(Object.entries(settings.tags ?? {}).filter(([key]) => !gone.has(key))),
  }));
  return {};
};

export const listTagsOfResource: Operation = async ({ store }, body) => {
  const { tags } = await readSettings(store, await taggedTable(store, body));
  return { Tags: Object.entries(tags ?? {}).map(([Key, Value]) => ({ Key, Value })) };
};
