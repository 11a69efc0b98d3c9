import type { AttributeValue, Item, Store, Table } from 'dynalite/db/index.js';
import { validationError } from './api-error.ts';
import { readTable } from './engine.ts';

const MAX_ITEM_BYTES = 400 * 1024;

const NUMBER_OVERHEAD_BYTES = 1;
const CONTAINER_OVERHEAD_BYTES = 3;

const sum = (sizes: number[]): number => sizes.reduce((total, size) => total + size, 0);

const scalarSize = (type: string, content: unknown): number => {
  const text = content as string;
  if (type === 'S') return Buffer.byteLength(text);
  if (type === 'B') return Buffer.from(text, 'base64').length;
  if (type !== 'N') return 1;
  return Math.ceil(text.replace(/^-?0*\.?0*|\.|0+$/g, '').length / 2) + NUMBER_OVERHEAD_BYTES;
};

const valueSize = (value: AttributeValue): number => {
  const [type = '', content] = Object.entries(value)[0] ?? [];
  if (type === 'M') return CONTAINER_OVERHEAD_BYTES + itemSizeBytes(content as Item);
  if (type === 'L') {
    return (
      CONTAINER_OVERHEAD_BYTES + sum((content as AttributeValue[]).map((member) => 1 + valueSize(member)))
    );
  }
  if (type.length === 2)
    return sum((content as string[]).map((member) => scalarSize(type.slice(0, 1), member)));
  return scalarSize(type, content);
};

/** The size that counts towards the 400 KB: names and strings in UTF-8, where dynalite counts UTF-16 units. */
export const itemSizeBytes = (item: Item): number =>
  sum(Object.entries(item).map(([name, value]) => Buffer.byteLength(name) + valueSize(value)));

const isEmptyKey = (value: AttributeValue | undefined): boolean => value?.S === '' || value?.B === '';

const refuseEmptyIndexKeys = (item: Item, table: Table): void => {
  const indexes = [...(table.GlobalSecondaryIndexes ?? []), ...(table.LocalSecondaryIndexes ?? [])];
  for (const { IndexName, KeySchema } of indexes) {
    const empty = KeySchema.find(({ AttributeName }) => isEmptyKey(item[AttributeName]));
    if (empty !== undefined) {
      throw validationError(
        `One or more parameter values are not valid. A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain an empty string value. IndexName: ${IndexName}, IndexKey: ${empty.AttributeName}`,
      );
    }
  }
};

/** Refuses, as AWS does, what dynalite would let through. */
export const checkLimits = async (store: Store, tableName: string, item: Item): Promise<void> => {
  if (itemSizeBytes(item) > MAX_ITEM_BYTES) {
    throw validationError('Item size has exceeded the maximum allowed size');
  }
  refuseEmptyIndexKeys(item, await readTable(store, tableName));
};
