import { PipelineError } from '@alluvium/contracts';
import { checksumOf } from '../checksum.ts';
import {
  documentKey,
  type Connector,
  type ConnectorDeps,
  type CrawlBase,
  type CrawlPage,
  type SourceRecord,
} from '../connector.ts';
import { keepingSecrets } from '../http/secrets.ts';
import { cleanEntity } from './clean-entity.ts';
import { isIncomplete, pendingOf, readOn } from './complete-lists.ts';
import { marvelApi, type MarvelApi } from './marvel-api.ts';
import {
  afterLast,
  asJson,
  firstCursor,
  nextCollection,
  type CollectionState,
  type MarvelCursor,
  type MarvelPlan,
  type MarvelState,
  type PendingEntity,
} from './marvel-cursor.ts';
import { marvelSettings, type MarvelSettings } from './marvel-settings.ts';
import {
  MARVEL_ENTITIES,
  MARVEL_RECORD,
  type MarvelCollection,
  type MarvelEntity,
  type MarvelPage,
} from './marvel-types.ts';

const TAIL = 5;

interface Crawl {
  api: MarvelApi;
  settings: MarvelSettings;
  base: CrawlBase;
  state: MarvelState | undefined;
}

const keyOf = (collection: MarvelCollection, { id }: MarvelEntity): string =>
  documentKey(MARVEL_ENTITIES[collection], String(id));

const recordOf = (collection: MarvelCollection, entity: MarvelEntity, attribution: string): SourceRecord => ({
  path: `${collection}/${entity.id}`,
  entity: MARVEL_ENTITIES[collection],
  entityId: String(entity.id),
  mediaType: MARVEL_RECORD,
  body: JSON.stringify(entity),
  ...(attribution === '' ? {} : { attributes: { attribution } }),
});

const finish = ({ state, settings }: Crawl, cursor: MarvelCursor, page: CrawlPage): CrawlPage => {
  const isOver = cursor.collection >= settings.collections.length && cursor.waiting === -1;
  if (!isOver) return { ...page, cursor: asJson(cursor) };
  const isFull = cursor.mode === 'full';
  const fullAtMs = isFull ? cursor.startedMs : (state?.fullAtMs ?? cursor.startedMs);
  return {
    ...page,
    end: { state: asJson({ fullAtMs, collections: cursor.done }), complete: isFull && !cursor.short },
  };
};

/** What is new on a page that follows one with these last ids; undefined when the pages moved and it does not follow. */
const following = ({ data }: MarvelPage, { offset, tail }: MarvelCursor): MarvelEntity[] | undefined => {
  if (offset === 0 || tail.length === 0) return data.results;
  const at = data.results.findLastIndex(({ id }) => tail.includes(id));
  return at === -1 ? undefined : data.results.slice(at + 1);
};

const sort = (
  { base, settings }: Crawl,
  collection: MarvelCollection,
  { entities, attribution }: { entities: MarvelEntity[]; attribution: string },
): CrawlPage & { pending: PendingEntity[] } => {
  const page = {
    records: [] as SourceRecord[],
    seen: {} as Record<string, string>,
    pending: [] as PendingEntity[],
  };
  for (const entity of entities.map(cleanEntity)) {
    const key = keyOf(collection, entity);
    const validator = checksumOf(entity);
    if (base.known[key] !== validator && settings.edges === 'complete' && isIncomplete(entity)) {
      page.pending.push(pendingOf(collection, entity, validator));
      continue;
    }
    page.seen[key] = validator;
    if (base.known[key] !== validator) page.records.push(recordOf(collection, entity, attribution));
  }
  return page;
};

const afterPage = (
  cursor: MarvelCursor,
  name: MarvelCollection,
  { page: { data, etag }, since }: { page: MarvelPage; since: CollectionState | undefined },
): MarvelCursor => {
  const end = data.offset + data.results.length;
  if (end < data.total && data.results.length > 0) {
    // One entity of overlap tells whether something moved between two requests.
    return { ...cursor, offset: end - 1, tail: data.results.slice(-TAIL).map(({ id }) => id) };
  }
  const isOnePage = since !== undefined && cursor.offset === 0;
  const unchanged = isOnePage ? { modifiedSince: since.modifiedSince, etag } : undefined;
  return afterLast(cursor, data.total, { name, unchanged });
};

const stepBack = (cursor: MarvelCursor, limit: number): MarvelCursor => ({
  ...cursor,
  offset: Math.max(0, cursor.offset - Math.ceil(limit / 2)),
});

const missing = (name: MarvelCollection): PipelineError =>
  new PipelineError(`The API has no collection ${name}`, { code: 'SOURCE_REFUSED', kind: 'invalid' });

/** What a page gives, and where the crawl goes on; back, when the page does not follow the one before. */
const takePage = (
  crawl: Crawl,
  cursor: MarvelCursor,
  { name, page, since }: { name: MarvelCollection; page: MarvelPage; since: CollectionState | undefined },
): CrawlPage => {
  const entities = following(page, cursor);
  const nothing = { records: [], seen: {} };
  if (entities === undefined) return finish(crawl, stepBack(cursor, crawl.settings.limit), nothing);
  const attribution = page.attributionText;
  const { pending, ...sorted } = sort(crawl, name, { entities, attribution });
  // Where nothing of the page before was found down to the beginning, everything comes by anew.
  const count = cursor.offset === 0 ? entities.length : cursor.count + entities.length;
  const next = afterPage({ ...cursor, count }, name, { page, since });
  if (pending.length === 0) return finish(crawl, next, sorted);
  // Stored once: a cursor that carried these entities would be written anew with each of them.
  return { ...finish(crawl, { ...next, waiting: 0, attribution }, sorted), plan: asJson({ pending }) };
};

const listStep = async (crawl: Crawl, cursor: MarvelCursor): Promise<CrawlPage> => {
  const { api, settings, state } = crawl;
  const name = settings.collections[cursor.collection] as MarvelCollection;
  const since = cursor.mode === 'changes' ? state?.collections[name] : undefined;
  const window = since === undefined ? {} : { modifiedSince: since.modifiedSince };
  const query = { ...window, orderBy: 'modified', limit: settings.limit, offset: cursor.offset };
  const page = await api.page(name, query, cursor.offset === 0 ? since?.etag : undefined);
  if (page === undefined) throw missing(name);
  if (page !== 'not-modified') return takePage(crawl, cursor, { name, page, since });
  return finish(crawl, nextCollection(cursor, name, since), { records: [], seen: {} });
};

const completeStep = async (
  crawl: Crawl,
  { partial, ...cursor }: MarvelCursor,
  { pending }: MarvelPlan,
): Promise<CrawlPage> => {
  const entry = partial ?? pending[cursor.waiting];
  if (entry === undefined) return finish(crawl, { ...cursor, waiting: -1 }, { records: [], seen: {} });
  const read = await readOn(crawl.api, entry);
  if (read.lists.length > 0) return finish(crawl, { ...cursor, partial: read }, { records: [], seen: {} });
  const { collection, entity, validator } = read;
  const waiting = cursor.waiting + 1 < pending.length ? cursor.waiting + 1 : -1;
  const records = [recordOf(collection, entity, cursor.attribution)];
  return finish(crawl, { ...cursor, waiting }, { records, seen: { [keyOf(collection, entity)]: validator } });
};

const openApi = async (settings: MarvelSettings, deps: ConnectorDeps) => {
  const publicKey = await deps.secrets(settings.publicKey);
  const privateKey = await deps.secrets(settings.privateKey);
  const { minIntervalMs } = settings;
  return {
    secrets: [publicKey, privateKey],
    api: marvelApi(settings.baseUrl, { publicKey, privateKey }, { ...deps, minIntervalMs }),
  };
};

/** The Marvel comics API (developer.marvel.com), closed since 2025. */
export const marvelConnector = (
  values: Readonly<Record<string, unknown>>,
  deps: ConnectorDeps,
): Connector => {
  const settings = marvelSettings(values);
  // Opened once: the pace between requests holds across steps.
  let opened: ReturnType<typeof openApi> | undefined;
  return {
    name: 'marvel',
    step: async ({ base, cursor: given, plan }) => {
      opened ??= openApi(settings, deps);
      const { secrets, api } = await opened;
      const state = base.state as unknown as MarvelState | undefined;
      const { fullEveryDays } = settings;
      const first = () => firstCursor(state, { nowMs: deps.clock.nowMs(), fullEveryDays });
      const cursor = (given as unknown as MarvelCursor | undefined) ?? first();
      const crawl = { api, settings, base, state };
      return keepingSecrets(secrets, () =>
        cursor.waiting === -1
          ? listStep(crawl, cursor)
          : completeStep(crawl, cursor, plan as unknown as MarvelPlan),
      );
    },
  };
};
