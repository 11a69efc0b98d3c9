import type { OutgoingEvent } from '@alluvium/contracts';
import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import type { Outbox } from '../ports.ts';
import { queryAll, type Table } from './table.ts';
import { outboxKeyOf } from './versioned-items.ts';

/** Events that were kept with a change of an item: `outbox#<eventId>`. */
export const dynamoDbOutbox = (table: Table): Outbox => ({
  keptBefore: async (time) => {
    const items = await queryAll(table, {
      IndexName: 'GSI1',
      KeyConditionExpression: 'GSI1PK = :index AND GSI1SK < :time',
      ExpressionAttributeValues: { ':index': 'OUTBOX', ':time': time },
    });
    return items.map(({ event }) => JSON.parse(event as string) as OutgoingEvent);
  },
  remove: async (event) => {
    await table.client.send(new DeleteCommand({ TableName: table.tableName, Key: outboxKeyOf(event) }));
  },
});
