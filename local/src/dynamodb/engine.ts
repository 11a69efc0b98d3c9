import { mkdir } from 'node:fs/promises';
import batchGetItem from 'dynalite/actions/batchGetItem.js';
import batchWriteItem from 'dynalite/actions/batchWriteItem.js';
import createTable from 'dynalite/actions/createTable.js';
import deleteItem from 'dynalite/actions/deleteItem.js';
import getItem from 'dynalite/actions/getItem.js';
import putItem from 'dynalite/actions/putItem.js';
import query from 'dynalite/actions/query.js';
import scan from 'dynalite/actions/scan.js';
import updateItem from 'dynalite/actions/updateItem.js';
import updateTable from 'dynalite/actions/updateTable.js';
import dynalite, { type Item, type Reply, type Request, type Store, type Table } from 'dynalite/db/index.js';
import batchGetItemRules from 'dynalite/validations/batchGetItem.js';
import batchWriteItemRules from 'dynalite/validations/batchWriteItem.js';
import createTableRules from 'dynalite/validations/createTable.js';
import deleteItemRules from 'dynalite/validations/deleteItem.js';
import describeTableRules from 'dynalite/validations/describeTable.js';
import getItemRules from 'dynalite/validations/getItem.js';
import validations from 'dynalite/validations/index.js';
import listTablesRules from 'dynalite/validations/listTables.js';
import putItemRules from 'dynalite/validations/putItem.js';
import queryRules from 'dynalite/validations/query.js';
import scanRules from 'dynalite/validations/scan.js';
import updateItemRules from 'dynalite/validations/updateItem.js';
import updateTableRules from 'dynalite/validations/updateTable.js';

const ACTIONS = {
  batchGetItem,
  batchWriteItem,
  createTable,
  deleteItem,
  getItem,
  putItem,
  query,
  scan,
  updateItem,
  updateTable,
};

const RULES = {
  batchGetItem: batchGetItemRules,
  batchWriteItem: batchWriteItemRules,
  createTable: createTableRules,
  deleteItem: deleteItemRules,
  describeTable: describeTableRules,
  getItem: getItemRules,
  listTables: listTablesRules,
  putItem: putItemRules,
  query: queryRules,
  scan: scanRules,
  updateItem: updateItemRules,
  updateTable: updateTableRules,
};

/** Opens dynalite's store in `directory` (made when absent), or in memory when there is none. */
export const openEngine = async (directory?: string): Promise<Store> => {
  if (directory !== undefined) await mkdir(directory, { recursive: true });
  const store = dynalite.create({
    ...(directory === undefined ? {} : { path: directory }),
    createTableMs: 0,
    deleteTableMs: 0,
    updateTableMs: 0,
  });
  await store.db.open();
  return store;
};

/** Checks a request as DynamoDB does and parses its expressions; unknown fields are dropped from `body`. */
export const validate = (store: Store, operation: keyof typeof RULES, body: object): Request => {
  const { types, custom } = RULES[operation];
  const request = validations.checkTypes(body, types);
  validations.checkValidations(request, types, custom, store);
  return request;
};

/** Runs one of dynalite's actions on a validated request. */
export const perform = (store: Store, action: keyof typeof ACTIONS, request: Request): Promise<Reply> =>
  new Promise((resolve, reject) => {
    ACTIONS[action](store, request, (error, reply) => {
      if (error) reject(error);
      else resolve(reply);
    });
  });

/** The table's description; fails with ResourceNotFoundException, which names the table when it may still be in the making. */
export const readTable = (store: Store, name: string, mustBeActive = true): Promise<Table> =>
  new Promise((resolve, reject) => {
    store.getTable(name, mustBeActive, (error, table) => {
      if (error) reject(error);
      else resolve(table);
    });
  });

/** The stored item, or undefined. */
export const readItem = (store: Store, table: string, key: string): Promise<Item | undefined> =>
  new Promise((resolve, reject) => {
    store.getItemDb(table).get(key, (error, item) => {
      if (error) reject(error);
      else resolve(item);
    });
  });

/** The row key of the item that a write or a read is about; fails when its key does not fit the table. */
export const rowKey = (request: Request, table: Table): string => {
  const problem =
    request.Item === undefined
      ? dynalite.validateKey(request.Key ?? {}, table)
      : dynalite.validateItem(request.Item, table);
  if (problem) throw problem;
  return dynalite.createKey(request.Item ?? request.Key ?? {}, table);
};
