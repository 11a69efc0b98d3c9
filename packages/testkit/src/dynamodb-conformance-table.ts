import {
  CreateTableCommand,
  DeleteTableCommand,
  waitUntilTableExists,
  waitUntilTableNotExists,
  type CreateTableCommandInput,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import {
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
  type QueryCommandInput,
  type QueryCommandOutput,
  type UpdateCommandInput,
  type UpdateCommandOutput,
} from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect } from '@jest/globals';

/** A table service under test; `close` gives back what `connect` took. */
export interface DynamoDbConnection {
  client: DynamoDBClient;
  close(): Promise<void>;
}

export type Item = Record<string, unknown>;

/** One table (key pk + sk, global index `by-kind` on kind + rank), there while the tests run. */
export interface ConformanceTable {
  readonly name: string;
  readonly client: DynamoDBClient;
  readonly documents: DynamoDBDocumentClient;
  put(item: Item): Promise<unknown>;
  putAll(pk: string, sortKeys: string[], more?: (sk: string) => Item): Promise<void>;
  /** A consistent read of `pk` and `sk` ('a'). */
  get(pk: string, sk?: string): Promise<Item | undefined>;
  update(pk: string, input: Partial<UpdateCommandInput>): Promise<UpdateCommandOutput>;
  /** Queries one `pk`; a KeyConditionExpression in `input` is appended to `pk = :pk`. */
  query(pk: string, input?: Partial<QueryCommandInput>): Promise<QueryCommandOutput>;
}

export const WAIT = { maxWaitTime: 300, minDelay: 1 };

export const failsAs = (error: string, message = ''): Error =>
  expect.objectContaining({ name: error, message: expect.stringContaining(message) }) as unknown as Error;

export const sortKeys = (items: Item[] | undefined): unknown[] | undefined => items?.map(({ sk }) => sk);

const definition = (TableName: string): CreateTableCommandInput => ({
  TableName,
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [
    { AttributeName: 'pk', AttributeType: 'S' },
    { AttributeName: 'sk', AttributeType: 'S' },
    { AttributeName: 'kind', AttributeType: 'S' },
    { AttributeName: 'rank', AttributeType: 'N' },
  ],
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: 'by-kind',
      KeySchema: [
        { AttributeName: 'kind', KeyType: 'HASH' },
        { AttributeName: 'rank', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'ALL' },
    },
  ],
  Tags: [{ Key: 'team', Value: 'tests' }],
});

const tableCalls = (
  name: string,
  documents: () => DynamoDBDocumentClient,
): Pick<ConformanceTable, 'put' | 'putAll' | 'get' | 'update' | 'query'> => {
  const put = (item: Item): Promise<unknown> =>
    documents().send(new PutCommand({ TableName: name, Item: item }));
  return {
    put,
    putAll: async (pk, keys, more = () => ({})) => {
      for (const sk of keys) await put({ pk, sk, ...more(sk) });
    },
    get: async (pk, sk = 'a') =>
      (await documents().send(new GetCommand({ TableName: name, Key: { pk, sk }, ConsistentRead: true })))
        .Item,
    update: (pk, input) =>
      documents().send(new UpdateCommand({ TableName: name, Key: { pk, sk: 'a' }, ...input })),
    query: (pk, input = {}) =>
      documents().send(
        new QueryCommand({
          TableName: name,
          ...input,
          KeyConditionExpression: `pk = :pk${input.KeyConditionExpression ?? ''}`,
          ExpressionAttributeValues: { ':pk': pk, ...input.ExpressionAttributeValues },
        }),
      ),
  };
};

/** Makes the table before the tests of the enclosing `describe` and deletes it after them. */
export const useConformanceTable = (connect: () => Promise<DynamoDbConnection>): ConformanceTable => {
  const name = `conformance-${crypto.randomUUID()}`;
  let connection: DynamoDbConnection;
  let documents: DynamoDBDocumentClient;
  beforeAll(async () => {
    connection = await connect();
    documents = DynamoDBDocumentClient.from(connection.client);
    await connection.client.send(new CreateTableCommand(definition(name)));
    await waitUntilTableExists({ client: connection.client, ...WAIT }, { TableName: name });
  }, 60_000);
  afterAll(async () => {
    await connection.client.send(new DeleteTableCommand({ TableName: name }));
    await waitUntilTableNotExists({ client: connection.client, ...WAIT }, { TableName: name });
    await connection.close();
  }, 60_000);
  return {
    name,
    get client() {
      return connection.client;
    },
    get documents() {
      return documents;
    },
    ...tableCalls(name, () => documents),
  };
};
