import {
  BatchGetCommand,
  BatchWriteCommand,
  DeleteCommand,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
  type DynamoDBDocumentClient,
} from '@aws-sdk/lib-dynamodb';
import { holds, updated, type Item } from './dynamodb-expressions.ts';
import { remoteCall, type Weather } from './remote-call.ts';
import type { VirtualProcess } from './virtual-process.ts';

/** A write that took effect; `after` is undefined for a deletion. */
export interface ItemWritten {
  before: Item | undefined;
  after: Item | undefined;
  writer: string;
}

/** One table with the keys pk and sk; conditions are decided at the moment a write takes effect. */
export interface DynamoDbServer {
  /** The items of one partition, in the order of sk. */
  partition(pk: string): Item[];
  /** Puts an item back to what it was, or takes it away, without anybody asking: what a person does to a table. */
  restore(key: { pk: string; sk: string }, item: Item | undefined): void;
  clientOf(process: VirtualProcess, weather: Weather): DynamoDBDocumentClient;
}

/** Answers of a query come in pages of one item, so that others may write in between. */
const PAGE_ITEMS = 1;

interface Write {
  key: Item;
  condition: string | undefined;
  names: Record<string, string> | undefined;
  values: Item | undefined;
  /** The item afterwards. */
  change: (before: Item | undefined) => Item | undefined;
}

const named = (name: string, more: object = {}): Error => Object.assign(new Error(name), { name, ...more });

const failure = (refused: boolean): Error =>
  refused
    ? named('ProvisionedThroughputExceededException', { $metadata: { httpStatusCode: 400 } })
    : named('TimeoutError');

// The item in an exception has typed attributes; the document client does not translate errors.
const typed = (item: Item | undefined): Item | undefined =>
  item &&
  Object.fromEntries(
    Object.entries(item).map(([name, value]) => [
      name,
      typeof value === 'number' ? { N: String(value) } : { S: String(value) },
    ]),
  );

const compareText = (left: unknown, right: unknown): number =>
  String(left) === String(right) ? 0 : String(left) < String(right) ? -1 : 1;

const bySk = (left: Item, right: Item): number => compareText(left['sk'], right['sk']);

// Of an index with the sort key `<name>SK`; several items may share one there.
const inOrder = (indexName: string | undefined): ((left: Item, right: Item) => number) => {
  if (indexName === undefined) return bySk;
  const range = `${indexName}SK`;
  return (left, right) =>
    compareText(left[range], right[range]) || compareText(left['pk'], right['pk']) || bySk(left, right);
};

class Table {
  readonly items = new Map<string, Item>();
  readonly #written: (write: ItemWritten) => void;

  constructor(written: (write: ItemWritten) => void) {
    this.#written = written;
  }

  idOf({ pk, sk }: Item): string {
    return JSON.stringify([pk, sk]);
  }

  find(key: Item): Item | undefined {
    return structuredClone(this.items.get(this.idOf(key)));
  }

  allows({ key, condition, names = {}, values = {} }: Write): boolean {
    return holds(condition, { item: this.find(key), names, values });
  }

  write({ key, change }: Write, writer: string): Item | undefined {
    const before = this.find(key);
    const after = change(before);
    if (after === undefined) this.items.delete(this.idOf(key));
    else this.items.set(this.idOf(key), structuredClone(after));
    if (before !== undefined || after !== undefined) this.#written({ before, after, writer });
    return after;
  }

  writeIf(write: Write, writer: string): Item | undefined {
    if (this.allows(write)) return this.write(write, writer);
    throw named('ConditionalCheckFailedException', { Item: typed(this.find(write.key)) });
  }

  query({ input }: QueryCommand): { Items: Item[]; LastEvaluatedKey?: Item } {
    const [names, values] = [input.ExpressionAttributeNames ?? {}, input.ExpressionAttributeValues ?? {}];
    const from: Item | undefined = input.ExclusiveStartKey;
    const order = inOrder(input.IndexName);
    const direction = input.ScanIndexForward === false ? -1 : 1;
    const found = [...this.items.values()]
      .filter((item) => holds(input.KeyConditionExpression, { item, names, values }))
      .filter((item) => from === undefined || order(item, from) * direction > 0)
      .sort((left, right) => order(left, right) * direction);
    const page = structuredClone(found.slice(0, input.Limit ?? PAGE_ITEMS));
    const last = page.at(-1);
    if (last === undefined || page.length === found.length) return { Items: page };
    const range = `${input.IndexName ?? ''}SK`;
    const key = { pk: last['pk'], sk: last['sk'], ...(range in last && { [range]: last[range] }) };
    return { Items: page, LastEvaluatedKey: key };
  }

  batchGet({ input }: BatchGetCommand): object {
    const Responses = Object.fromEntries(
      Object.entries(input.RequestItems ?? {}).map(([name, { Keys = [] }]) => [
        name,
        Keys.flatMap((key) => this.find(key) ?? []),
      ]),
    );
    return { Responses };
  }

  batchWrite({ input }: BatchWriteCommand, writer: string): object {
    for (const { PutRequest, DeleteRequest } of Object.values(input.RequestItems ?? {}).flat()) {
      const item: Item | undefined = PutRequest?.Item;
      const key = item ?? DeleteRequest?.Key ?? {};
      this.write({ key, condition: undefined, names: {}, values: {}, change: () => item }, writer);
    }
    return {};
  }

  transact({ input }: TransactWriteCommand, writer: string): object {
    const writes = (input.TransactItems ?? []).map((item) => writeOf(item));
    const reasons = writes.map((write) => ({ Code: this.allows(write) ? 'None' : 'ConditionalCheckFailed' }));
    if (reasons.some(({ Code }) => Code !== 'None'))
      throw named('TransactionCanceledException', { CancellationReasons: reasons });
    for (const write of writes) this.write(write, writer);
    return {};
  }
}

type TransactItem = NonNullable<TransactWriteCommand['input']['TransactItems']>[number];

const writeOf = ({ Put, Delete, ConditionCheck }: TransactItem): Write => {
  const part = Put ?? Delete ?? ConditionCheck;
  if (part === undefined) throw new Error('The simulated table does not know this part of a transaction');
  const change = (before: Item | undefined): Item | undefined =>
    ConditionCheck === undefined ? Put?.Item : before;
  return {
    key: 'Item' in part ? (part.Item ?? {}) : ((part as { Key?: Item }).Key ?? {}),
    condition: part.ConditionExpression,
    names: part.ExpressionAttributeNames,
    values: part.ExpressionAttributeValues,
    change,
  };
};

const update = (table: Table, { input }: UpdateCommand, writer: string): { Attributes: Item | undefined } => {
  const [names, values] = [input.ExpressionAttributeNames ?? {}, input.ExpressionAttributeValues ?? {}];
  const change = (before: Item | undefined): Item =>
    updated(input.UpdateExpression ?? '', { item: { ...input.Key, ...before }, names, values });
  const key = input.Key ?? {};
  return {
    Attributes: table.writeIf({ key, condition: input.ConditionExpression, names, values, change }, writer),
  };
};

interface Conditional {
  ConditionExpression?: string | undefined;
  ExpressionAttributeNames?: Record<string, string> | undefined;
  ExpressionAttributeValues?: Item | undefined;
}

const place = (table: Table, input: Conditional & { key: Item; item: Item | undefined }, writer: string) => {
  const { key, item, ConditionExpression: condition } = input;
  const [names, values] = [input.ExpressionAttributeNames, input.ExpressionAttributeValues];
  return table.writeIf({ key, condition, names, values, change: () => item }, writer);
};

const read = (table: Table, command: unknown): unknown => {
  if (command instanceof GetCommand) return { Item: table.find(command.input.Key ?? {}) };
  if (command instanceof QueryCommand) return table.query(command);
  if (command instanceof BatchGetCommand) return table.batchGet(command);
  throw new Error('The simulated table does not know this command');
};

const apply = (table: Table, command: unknown, writer: string): unknown => {
  if (command instanceof UpdateCommand) return update(table, command, writer);
  if (command instanceof TransactWriteCommand) return table.transact(command, writer);
  if (command instanceof BatchWriteCommand) return table.batchWrite(command, writer);
  if (command instanceof PutCommand) {
    const item = command.input.Item ?? {};
    return place(table, { ...command.input, key: item, item }, writer);
  }
  if (command instanceof DeleteCommand)
    return place(table, { ...command.input, key: command.input.Key ?? {}, item: undefined }, writer);
  return read(table, command);
};

// What a batch touches is not told by one key: it meets everything.
const firstKey = (command: unknown): Item | undefined => {
  if (command instanceof TransactWriteCommand) return writeOf(command.input.TransactItems?.[0] ?? {}).key;
  if (command instanceof BatchGetCommand || command instanceof BatchWriteCommand) return { pk: '*' };
  return undefined;
};

const READS = [GetCommand, QueryCommand, BatchGetCommand];

const describe = (command: unknown): { label: string; touches: string; isWrite: boolean } => {
  const { input } = command as { input: { Key?: Item; Item?: Item; ExpressionAttributeValues?: Item } };
  const isRead = READS.some((read) => command instanceof read);
  const values = input.ExpressionAttributeValues;
  const key = firstKey(command) ?? input.Key ?? input.Item ?? { pk: values?.[':pk'] ?? values?.[':index'] };
  const verb = (command as object).constructor.name.replace('Command', '');
  const [pk, sk] = [key['pk'] as string, key['sk'] as string | undefined];
  return {
    label: `${verb} ${pk} ${sk ?? ''}`.trimEnd(),
    touches: `table:${pk}`,
    isWrite: !isRead,
  };
};

/** A table in memory; `written` hears of every write when it takes effect. */
export const dynamoDbServer = (written: (write: ItemWritten) => void = () => undefined): DynamoDbServer => {
  const table = new Table(written);
  return {
    partition: (pk) =>
      structuredClone([...table.items.values()].filter((item) => item['pk'] === pk).sort(bySk)),
    restore: (key, item) => {
      if (item === undefined) table.items.delete(table.idOf(key));
      else table.items.set(table.idOf(key), structuredClone(item));
    },
    clientOf: (process, weather) => {
      const send = (command: unknown): Promise<unknown> =>
        remoteCall(process, weather, {
          ...describe(command),
          apply: () => apply(table, command, process.name),
          failure,
        });
      return { send } as unknown as DynamoDBDocumentClient;
    },
  };
};
