import { sha256Hex } from '@alluvium/contracts';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { mapLimit } from '@alluvium/lambda-kit';
import { partKeyOf, type Checkpoint, type Fate, type PartRef } from '../domain/unchanged.ts';
import type { CheckpointStore, Reversion } from '../ports.ts';
import { getItems, ifAllowed, putItems, type Item, type ItemKey, type Table } from './dynamodb-batches.ts';

const WRITES_AT_ONCE = 32;
/** DynamoDB takes partition keys of at most 2048 bytes. */
const MAX_ID_BYTES = 1800;

const documentKey = (collection: string, documentId: string): ItemKey => {
  const isShort = Buffer.byteLength(documentId) <= MAX_ID_BYTES;
  const id = isShort ? documentId : `sha256:${sha256Hex(documentId)}`;
  return { pk: `doc#${collection}#${id}`, sk: 'checkpoint' };
};

const fateKey = ({ runId, attempt, part }: PartRef): ItemKey => ({
  pk: `run#${runId}`,
  sk: `fate#${attempt}#${part}`,
});

/** One for all attempts: a rollback names the one that was applied, and whoever replayed the part since counts as well. */
const revertKey = ({ runId, part }: Pick<PartRef, 'runId' | 'part'>): ItemKey => ({
  pk: `run#${runId}`,
  sk: `revert#${part}`,
});

const checkpointOf = (item: Item): Checkpoint => {
  const { pk: _pk, sk: _sk, ...checkpoint } = item;
  return checkpoint as unknown as Checkpoint;
};

const writeCheckpoint = (
  { client, tableName }: Table,
  collection: string,
  checkpoint: Checkpoint,
): Promise<boolean> => {
  // What was heard of deletions stays as it is.
  const { deletedMs: _deletedMs, deletedFence: _deletedFence, ...values } = checkpoint;
  const names = Object.keys(values);
  const update = new UpdateCommand({
    TableName: tableName,
    Key: documentKey(collection, checkpoint.documentId),
    UpdateExpression: `SET ${names.map((name) => `#${name} = :${name}`).join(', ')}`,
    // A run that began earlier, or an earlier record of this one, must not hide what a later one passed on.
    ConditionExpression:
      'attribute_not_exists(#fence) OR #fence < :fence OR (#fence = :fence AND #sequence <= :sequence)',
    ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
    ExpressionAttributeValues: Object.fromEntries(
      Object.entries(values).map(([name, value]) => [`:${name}`, value]),
    ),
  });
  return ifAllowed(() => client.send(update));
};

// Also of a document that nothing is known of yet: a part that has it may be on its way.
const noteDeletion = (
  { client, tableName }: Table,
  { collection, documentId }: { collection: string; documentId: string },
  atMs: number,
): Promise<unknown> =>
  client.send(
    new UpdateCommand({
      TableName: tableName,
      Key: documentKey(collection, documentId),
      UpdateExpression: 'SET deletedMs = :atMs, deletedFence = if_not_exists(fence, :none)',
      ExpressionAttributeValues: { ':atMs': atMs, ':none': -1 },
    }),
  );

const settleUnlessApplied = ({ client, tableName }: Table, part: PartRef, fate: Fate): Promise<boolean> => {
  const update = new UpdateCommand({
    TableName: tableName,
    Key: fateKey(part),
    UpdateExpression: 'SET fate = :fate, runId = :runId, attempt = :attempt, #part = :part',
    ConditionExpression: 'attribute_not_exists(fate) OR fate <> :applied',
    ExpressionAttributeNames: { '#part': 'part' },
    ExpressionAttributeValues: {
      ':fate': fate,
      ':applied': 'applied' satisfies Fate,
      ':runId': part.runId,
      ':attempt': part.attempt,
      ':part': part.part,
    },
  });
  return ifAllowed(() => client.send(update));
};

const settle = async (table: Table, parts: PartRef[], fate: Fate): Promise<void> => {
  if (fate !== 'applied') {
    await mapLimit(parts, WRITES_AT_ONCE, (part) => settleUnlessApplied(table, part, fate));
    return;
  }
  // One delta a part is the rule, two are possible; a batch must not name a key twice.
  const items = parts.map(({ runId, attempt, part }) => {
    const ref = { runId, attempt, part };
    return [partKeyOf(ref), { ...fateKey(ref), ...ref, fate }] as const;
  });
  await putItems(table, [...new Map(items).values()]);
};

const OUT = 'out#';

// Each index has a pair of attributes of its own: the latest version that told of the part, and what it told.
const revertOne = (
  { client, tableName }: Table,
  part: Pick<PartRef, 'runId' | 'part'>,
  { indexPath, version, isOut }: Reversion,
): Promise<boolean> => {
  const index = sha256Hex(indexPath).slice(0, 12);
  const update = new UpdateCommand({
    TableName: tableName,
    Key: revertKey(part),
    UpdateExpression: 'SET #version = :version, #out = :out',
    ConditionExpression: 'attribute_not_exists(#version) OR #version <= :version',
    ExpressionAttributeNames: { '#version': `version#${index}`, '#out': `${OUT}${index}` },
    ExpressionAttributeValues: { ':version': version, ':out': isOut },
  });
  return ifAllowed(() => client.send(update));
};

const isOutOf = (item: Item): boolean =>
  Object.entries(item).some(([name, value]) => name.startsWith(OUT) && value === true);

const fatesOf = async (table: Table, parts: readonly PartRef[]): Promise<Map<string, Fate>> => {
  const reverts = new Map(parts.map((part) => [revertKey(part).pk + revertKey(part).sk, revertKey(part)]));
  const items = await getItems(table, [...parts.map(fateKey), ...reverts.values()]);
  const out = new Set(items.filter(isOutOf).map(({ pk, sk }) => `${String(pk)}${String(sk)}`));
  const known = items.filter((item) => 'fate' in item);
  const fates = new Map(known.map((item) => [partKeyOf(item as unknown as PartRef), item['fate'] as Fate]));
  for (const part of parts)
    if (out.has(revertKey(part).pk + revertKey(part).sk)) fates.set(partKeyOf(part), 'reverted');
  return fates;
};

/** Checkpoints in DynamoDB: `doc#<collection>#<documentId>` and `run#<runId>` with `fate#<attempt>#<part>` and `revert#<part>`. */
export const dynamoDbCheckpoints = (table: Table): CheckpointStore => ({
  read: async (collection, documentIds) => {
    const items = await getItems(
      table,
      documentIds.map((documentId) => documentKey(collection, documentId)),
    );
    const written = items.filter((item) => 'contentHash' in item);
    return new Map(written.map(checkpointOf).map((checkpoint) => [checkpoint.documentId, checkpoint]));
  },
  write: async (collection, checkpoints) => {
    await mapLimit(checkpoints, WRITES_AT_ONCE, (checkpoint) =>
      writeCheckpoint(table, collection, checkpoint),
    );
  },
  noteDeletion: async (collection, documentIds, atMs) => {
    await mapLimit([...new Set(documentIds)], WRITES_AT_ONCE, (documentId) =>
      noteDeletion(table, { collection, documentId }, atMs),
    );
  },
  fatesOf: (parts) => fatesOf(table, parts),
  settle: (parts, fate) => settle(table, parts, fate),
  revert: async (parts, at) => {
    const each = new Map(parts.map(({ runId, part }) => [`${runId}/${part}`, { runId, part }]));
    await mapLimit([...each.values()], WRITES_AT_ONCE, (part) => revertOne(table, part, at));
  },
});
