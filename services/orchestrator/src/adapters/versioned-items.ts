import type { OutgoingEvent } from '@alluvium/contracts';
import { GetCommand, PutCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { ifAllowed, type Item, type Table } from './table.ts';

/** Where an item lies. */
export interface ItemKey {
  pk: string;
  sk: string;
}

/** An item that is written by compare-and-set of its version. */
export interface VersionedWrite {
  key: ItemKey;
  fields: Item;
  /** The version that was read; undefined when there is none. */
  version: number | undefined;
  /** Kept in the outbox in the same step. */
  events?: readonly OutgoingEvent[];
}

const OUTBOX_INDEX = 'OUTBOX';

/** Key of an event in the outbox. */
export const outboxKeyOf = ({ detail }: OutgoingEvent): ItemKey => ({
  pk: `outbox#${detail.metadata.eventId}`,
  sk: 'outbox',
});

// An event that nobody could send must not expire: no ttlEpochSeconds.
const outboxItemOf = (event: OutgoingEvent): Item => ({
  ...outboxKeyOf(event),
  GSI1PK: OUTBOX_INDEX,
  GSI1SK: `${event.detail.metadata.occurredAt}#${event.detail.metadata.eventId}`,
  event: JSON.stringify(event),
});

/** The item as it is now. */
export const getItem = async ({ client, tableName }: Table, key: ItemKey): Promise<Item | undefined> => {
  const { Item: item } = await client.send(
    new GetCommand({ TableName: tableName, Key: key, ConsistentRead: true }),
  );
  return item;
};

/** Writes the item when its version still is the one that was read. False when somebody else was first. */
export const putVersioned = (
  { client, tableName: TableName }: Table,
  { key, fields, version, events = [] }: VersionedWrite,
): Promise<boolean> => {
  const put = {
    TableName,
    Item: { ...key, ...fields, version: (version ?? 0) + 1 },
    ...(version === undefined
      ? { ConditionExpression: 'attribute_not_exists(pk)' }
      : {
          ConditionExpression: '#version = :version',
          ExpressionAttributeNames: { '#version': 'version' },
          ExpressionAttributeValues: { ':version': version },
        }),
  };
  if (events.length === 0) return ifAllowed(() => client.send(new PutCommand(put)));
  const kept = events.map((event) => ({ Put: { TableName, Item: outboxItemOf(event) } }));
  return ifAllowed(() => client.send(new TransactWriteCommand({ TransactItems: [{ Put: put }, ...kept] })));
};
