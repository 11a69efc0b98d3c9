import dynalite, { type Item, type Reply, type Request } from 'dynalite/db/index.js';
import { ALWAYS, matches } from './condition.ts';
import type { DynamoDbContext } from './context.ts';
import { perform, readTable, rowKey, validate } from './engine.ts';

/** Applies to a page what AWS applies after reading it: filter, then projection, then COUNT. */
const filterPage = async (
  context: DynamoDbContext,
  action: 'query' | 'scan',
  request: Request,
): Promise<Reply> => {
  const { _filter: filter, _projection: projection, Select: select } = request;
  if (filter === undefined) return perform(context.store, action, request);
  const page = await perform(context.store, action, {
    ...request,
    _filter: { ...filter, expression: ALWAYS },
    ...(projection === undefined ? {} : { _projection: { ...projection, paths: undefined } }),
    ...(select === 'COUNT' ? { Select: 'ALL_PROJECTED_ATTRIBUTES' } : {}),
  });
  const items = (page.Items as Item[]).filter((item) => matches(filter.expression, item));
  const { Items: _, ...rest } = page;
  if (select === 'COUNT') return { ...rest, Count: items.length };
  const paths = projection?.paths;
  return {
    ...rest,
    Count: items.length,
    Items: paths === undefined ? items : items.map((item) => dynalite.mapPaths(paths, item)),
  };
};

export const getItem = (context: DynamoDbContext, body: object): Promise<Reply> =>
  perform(context.store, 'getItem', validate(context.store, 'getItem', body));

export const batchGetItem = (context: DynamoDbContext, body: object): Promise<Reply> =>
  perform(context.store, 'batchGetItem', validate(context.store, 'batchGetItem', body));

export const query = (context: DynamoDbContext, body: object): Promise<Reply> =>
  filterPage(context, 'query', validate(context.store, 'query', body));

export const scan = (context: DynamoDbContext, body: object): Promise<Reply> =>
  filterPage(context, 'scan', validate(context.store, 'scan', body));

/** Checks that the key fits its table before anything is read. */
export const prepareGet = async (context: DynamoDbContext, body: object): Promise<Request> => {
  const request = validate(context.store, 'getItem', body);
  rowKey(request, await readTable(context.store, request.TableName));
  return request;
};
