import { DeleteCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { ChangeNote, ChangeNotes } from '../ports.ts';
import type { Table } from './inbox-dynamodb.ts';

const CHANGES = 'changes';

const keyOf = ({ indexPath, operationId }: Pick<ChangeNote, 'indexPath' | 'operationId'>) => ({
  pk: CHANGES,
  sk: `${indexPath}#${operationId}`,
});

/** Change notes in DynamoDB: `changes`. There are hardly ever any, and never more than one page. */
export const dynamoDbChangeNotes = ({ client, tableName: TableName }: Omit<Table, 'nowMs'>): ChangeNotes => ({
  add: async (note) => {
    await client.send(new PutCommand({ TableName, Item: { ...keyOf(note), ...note } }));
  },
  remove: async (note) => {
    await client.send(new DeleteCommand({ TableName, Key: keyOf(note) }));
  },
  all: async () => {
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': CHANGES },
      }),
    );
    return Items.map(({ indexPath, operationId, notedAtMs }) => ({
      indexPath: String(indexPath),
      operationId: String(operationId),
      notedAtMs: Number(notedAtMs),
    }));
  },
});
