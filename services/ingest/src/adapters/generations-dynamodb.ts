import { PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Generation, GenerationStore } from '../ports.ts';
import type { Item, Table } from './dynamodb-batches.ts';

const keyOf = (collection: string, source: string): string => `source#${collection}#${source}`;
// Padded, so that the order of the keys is the order of the fences.
const skOf = (fence: number): string => `state#${String(fence).padStart(12, '0')}`;

const generationOf = ({ pk: _pk, sk: _sk, ...generation }: Item): Generation =>
  generation as unknown as Generation;

/** The states of sources in DynamoDB: `source#<collection>#<source>` with `state#<fence>`. */
export const dynamoDbGenerations = ({ client, tableName }: Table): GenerationStore => ({
  newest: async (collection, source, limit) => {
    const answer = await client.send(
      new QueryCommand({
        TableName: tableName,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :state)',
        ExpressionAttributeValues: { ':pk': keyOf(collection, source), ':state': 'state#' },
        ScanIndexForward: false,
        Limit: limit,
      }),
    );
    return (answer.Items ?? []).map(generationOf);
  },
  add: async (collection, source, generation) => {
    const Item = { pk: keyOf(collection, source), sk: skOf(generation.fence), ...generation };
    await client.send(new PutCommand({ TableName: tableName, Item }));
  },
});
