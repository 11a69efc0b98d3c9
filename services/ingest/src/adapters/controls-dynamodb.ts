import { DeleteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { SourceControl, SourceControls, SourcePlace } from '../ports.ts';
import { getItems, type Item, type ItemKey, type Table } from './dynamodb-batches.ts';

const keyOf = ({ collection, name }: SourcePlace): ItemKey => ({
  pk: `source#${collection}#${name}`,
  sk: 'control',
});

const controlOf = (item: Item | undefined): SourceControl => {
  const { pk: _pk, sk: _sk, ...control } = item ?? {};
  return control;
};

const update = ({ tableName }: Table, place: SourcePlace, values: Item): UpdateCommand => {
  const given = Object.entries(values);
  const [set, gone] = [
    given.filter(([, value]) => value !== undefined),
    given.filter(([, value]) => value === undefined),
  ];
  const clauses = [
    ...(set.length === 0 ? [] : [`SET ${set.map(([name]) => `#${name} = :${name}`).join(', ')}`]),
    ...(gone.length === 0 ? [] : [`REMOVE ${gone.map(([name]) => `#${name}`).join(', ')}`]),
  ];
  return new UpdateCommand({
    TableName: tableName,
    Key: keyOf(place),
    UpdateExpression: clauses.join(' '),
    ExpressionAttributeNames: Object.fromEntries(given.map(([name]) => [`#${name}`, name])),
    ...(set.length > 0 && {
      ExpressionAttributeValues: Object.fromEntries(set.map(([name, value]) => [`:${name}`, value])),
    }),
  });
};

/** What is remembered of sources in DynamoDB: `source#<collection>#<source>` with `control`. */
export const dynamoDbControls = (table: Table): SourceControls => ({
  read: async (places) => {
    const items = await getItems(table, places.map(keyOf));
    const byKey = new Map(items.map((item) => [item['pk'], item]));
    return places.map((place) => controlOf(byKey.get(keyOf(place).pk)));
  },
  change: async (place, values) => {
    await table.client.send(update(table, place, values));
  },
  forget: async (place) => {
    await table.client.send(new DeleteCommand({ TableName: table.tableName, Key: keyOf(place) }));
  },
});
