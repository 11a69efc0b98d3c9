/* The parts of dynalite 4.0.0 that we drive: its expression parsers, validations and actions, without its HTTP server. */

declare module 'dynalite/db/index.js' {
  /** One member, named by its type: `{ S: 'x' }`, `{ NS: ['1'] }`. */
  export type AttributeValue = Record<string, unknown>;
  export type Item = Record<string, AttributeValue>;
  export type Path = (string | number)[];
  export type Operand = Path | Expression | AttributeValue;
  export interface Expression {
    type: string;
    name?: string;
    args: Operand[];
  }
  export interface KeySchemaElement {
    AttributeName: string;
    KeyType: string;
  }
  export interface Index {
    IndexName: string;
    KeySchema: KeySchemaElement[];
    Projection: Record<string, unknown>;
    [field: string]: unknown;
  }
  export interface Table {
    TableName: string;
    TableArn: string;
    TableStatus: string;
    KeySchema: KeySchemaElement[];
    AttributeDefinitions: { AttributeName: string; AttributeType: string }[];
    GlobalSecondaryIndexes?: Index[];
    LocalSecondaryIndexes?: Index[];
    DeletionProtectionEnabled?: boolean;
    [field: string]: unknown;
  }
  /** A validated request: known fields only, expressions parsed into the underscored members. */
  export interface Request {
    TableName: string;
    Key?: Item;
    Item?: Item;
    Select?: string;
    Limit?: number;
    ExclusiveStartTableName?: string;
    _condition?: { expression: Expression };
    _filter?: { expression: Expression };
    _projection?: { paths: Path[] | undefined };
    [field: string]: unknown;
  }
  export type Reply = Record<string, unknown>;
  export type Callback<T> = (error: Error | null | undefined, result: T) => void;
  export type Done = (error: Error | null | undefined) => void;
  export interface KeyDb {
    get(key: string, done: Callback<Item | undefined>): void;
    put(key: string, value: unknown, done: Done): void;
    del(key: string, done: Done): void;
    lock(key: string, run: (release: <T>(done: Callback<T>) => Callback<T>) => void): void;
  }
  export interface Range {
    gte: string;
    lt: string;
  }
  export type BatchEntry = { type: 'put'; key: string; value: unknown } | { type: 'del'; key: string };
  export interface RootDb {
    open(): Promise<void>;
    close(): Promise<void>;
    get(key: string): Promise<unknown>;
    batch(entries: BatchEntry[]): Promise<void>;
    clear(range: Range): Promise<void>;
    keys(range: Range): AsyncIterable<string>;
    iterator(range: Range): AsyncIterable<[string, unknown]>;
  }
  export interface Store {
    db: RootDb;
    options: { maxItemSize: number };
    tableDb: KeyDb & { awsAccountId: string; awsRegion: string };
    getItemDb(table: string): KeyDb;
    getIndexDb(type: string, table: string, index: string): KeyDb;
    getTable(name: string, mustBeActive: boolean, done: Callback<Table>): void;
  }
  interface IndexActions {
    puts: { index: string; key: string; item: Item }[];
  }
  const db: {
    create(options: {
      path?: string;
      createTableMs: number;
      deleteTableMs: number;
      updateTableMs: number;
    }): Store;
    validateItem(item: Item, table: Table): Error | null | undefined;
    validateKey(key: Item, table: Table): Error | null | undefined;
    createKey(item: Item, table: Table): string;
    compare(comparator: string, value: AttributeValue | undefined, others: AttributeValue[]): boolean;
    mapPath(path: Path, item: Item): AttributeValue | null | undefined;
    mapPaths(paths: Path[], item: Item): Item;
    itemSize(item: Item): number;
    getIndexActions(indexes: Index[], existing: null, item: Item, table: Table): IndexActions;
  };
  export default db;
}

declare module 'dynalite/actions/*' {
  import type { Callback, Reply, Request, Store } from 'dynalite/db/index.js';
  const action: (store: Store, request: Request, done: Callback<Reply>) => void;
  export default action;
}

declare module 'dynalite/validations/index.js' {
  import type { Request, Store } from 'dynalite/db/index.js';
  const validations: {
    checkTypes(body: object, types: object): Request;
    checkValidations(request: Request, types: object, custom: unknown, store: Store): void;
  };
  export default validations;
}

declare module 'dynalite/validations/*' {
  const validation: { types: object; custom?: unknown };
  export default validation;
}
