import { sha256Hex } from '@alluvium/contracts';
import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { mapLimit } from '@alluvium/lambda-kit';
import { partKeyOf, type Checkpoint, type Fate, type PartRef } from '../domain/unchanged.ts';
import type { CheckpointStore } from '../ports.ts';
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

const checkpointOf = (item: Item): Checkpoint => {
  const { pk: _pk, sk: _sk, ...checkpoint } = item;
  return checkpoint as unknown as Checkpoint;
};

const writeCheckpoint = (
  { client, tableName }: Table,
  collection: string,
  checkpoint: Checkpoint,
): Promise<boolean> => {
  const put = new PutCommand({
    TableName: tableName,
    Item: { ...documentKey(collection, checkpoint.documentId), ...checkpoint },
    // A run that began earlier, or an earlier record of this one, must not hide what a later one passed on.
    ConditionExpression:
      'attribute_not_exists(pk) OR fence < :fence OR (fence = :fence AND #sequence <= :sequence)',
    ExpressionAttributeNames: { '#sequence': 'sequence' },
    ExpressionAttributeValues: { ':fence': checkpoint.fence, ':sequence': checkpoint.sequence },
  });
  return ifAllowed(() => client.send(put));
};

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

/** Checkpoints in DynamoDB: `doc#<collection>#<documentId>` and `run#<runId>` with `fate#<attempt>#<part>`. */
export const dynamoDbCheckpoints = (table: Table): CheckpointStore => ({
  read: async (collection, documentIds) => {
    const items = await getItems(
      table,
      documentIds.map((documentId) => documentKey(collection, documentId)),
    );
    return new Map(items.map(checkpointOf).map((checkpoint) => [checkpoint.documentId, checkpoint]));
  },
  write: async (collection, checkpoints) => {
    await mapLimit(checkpoints, WRITES_AT_ONCE, (checkpoint) =>
      writeCheckpoint(table, collection, checkpoint),
    );
  },
  fatesOf: async (parts) => {
    const items = await getItems(table, parts.map(fateKey));
    return new Map(items.map((item) => [partKeyOf(item as unknown as PartRef), item['fate'] as Fate]));
  },
  settle: (parts, fate) => settle(table, parts, fate),
});
