import { checksumOf } from '../checksum.ts';
import {
  documentKey,
  type Connector,
  type ConnectorDeps,
  type CrawlPage,
  type CrawlPoint,
  type Json,
} from '../connector.ts';
import { JSON_RECORD } from '../files/media-type.ts';
import type { HttpClient, HttpResponse } from '../http/http-client.ts';
import { politeClient } from '../http/polite-client.ts';
import { publicUrl } from '../http/public-url.ts';
import { answerInvalid, jsonOf, refusedBy } from '../http/responses.ts';
import { keepingSecrets } from '../http/secrets.ts';
import { rejected } from '../rejected.ts';
import { authorizerOf, type Authorizer } from './authorize.ts';
import { httpJsonSettings, type HttpJsonSettings } from './http-json-settings.ts';
import { atPointer } from './json-pointer.ts';
import { mapItem } from './map-item.ts';
import { nextCursor, urlOfPage } from './paging.ts';

const DAY_MS = 24 * 3600 * 1000;

interface State {
  fullAtMs: number;
  /** Greatest modification date that was seen. */
  since?: string;
  /** ETag of a list that is one page. */
  etag?: string;
}

interface Cursor {
  page: string;
  isFull: boolean;
  startedMs: number;
  since: string;
}

interface Crawl {
  client: HttpClient;
  authorizer: Authorizer;
  settings: HttpJsonSettings;
  nowMs: number;
}

const firstCursor = (state: State | undefined, { settings, nowMs }: Crawl): Cursor => {
  const isDue = state === undefined || nowMs - state.fullAtMs >= settings.fullEveryDays * DAY_MS;
  const isFull = settings.since === undefined || state?.since === undefined || isDue;
  return { page: '', isFull, startedMs: nowMs, since: '' };
};

const ask = (
  cursor: Cursor,
  state: State | undefined,
  { client, authorizer, settings, nowMs }: Crawl,
): Promise<HttpResponse> => {
  const url = new URL(urlOfPage(settings, cursor.page));
  if (!cursor.isFull) url.searchParams.set(settings.since ?? '', state?.since ?? '');
  const etag = settings.paging.style === 'none' && cursor.isFull ? state?.etag : undefined;
  const headers = {
    accept: 'application/json',
    ...settings.headers,
    ...(etag === undefined ? {} : { 'if-none-match': etag }),
  };
  return client.fetch(authorizer.authorize({ url: url.href, headers }, nowMs));
};

const pageOf = (
  items: unknown[],
  where: string,
  { settings, known }: { settings: HttpJsonSettings; known: CrawlPoint['base']['known'] },
) => {
  const page = { records: [] as CrawlPage['records'], seen: {} as Record<string, string>, since: '' };
  for (const [index, item] of items.entries()) {
    const record = mapItem(item, settings);
    if (record === undefined) {
      page.records.push(
        rejected(`${where}#${index}`, 'RECORD_INVALID', `has no id at ${settings.mapping.id}`),
      );
      continue;
    }
    const { entity } = settings;
    const key = documentKey(entity, record.id);
    const validator = checksumOf(record);
    page.seen[key] = validator;
    if ((record.modified ?? '') > page.since) page.since = record.modified ?? '';
    if (known[key] === validator) continue;
    page.records.push({
      path: record.id,
      entity,
      entityId: record.id,
      mediaType: JSON_RECORD,
      body: JSON.stringify({ ...record, entity }),
    });
  }
  return page;
};

const endOf = (cursor: Cursor, state: State | undefined, response: HttpResponse): CrawlPage['end'] => {
  const etag = response.headers['etag'];
  const since = cursor.since > (state?.since ?? '') ? cursor.since : state?.since;
  const next: State = {
    fullAtMs: cursor.isFull ? cursor.startedMs : (state?.fullAtMs ?? cursor.startedMs),
    ...(since === undefined ? {} : { since }),
    ...(etag === undefined ? {} : { etag }),
  };
  return { state: next as unknown as Json, complete: cursor.isFull };
};

const step = async ({ base, cursor: given }: CrawlPoint, crawl: Crawl): Promise<CrawlPage> => {
  const { settings } = crawl;
  const state = base.state as unknown as State | undefined;
  const cursor = (given as unknown as Cursor | undefined) ?? firstCursor(state, crawl);
  const response = await ask(cursor, state, crawl);
  if (response.status === 304)
    return { records: [], seen: {}, end: { state: base.state ?? {}, complete: false } };
  if (response.status !== 200) throw refusedBy(response);
  const body = jsonOf(response);
  const items = atPointer(body, settings.items);
  if (!Array.isArray(items)) throw answerInvalid(response.url, `has no list at "${settings.items}"`);
  const where = publicUrl(response.url) ?? '';
  const { since, ...page } = pageOf(items, where, { settings, known: base.known });
  const greatest = since > cursor.since ? since : cursor.since;
  const next = nextCursor(settings, { cursor: cursor.page, body, items, response });
  if (next === undefined)
    return {
      ...page,
      end: endOf({ ...cursor, since: greatest }, state, response) as NonNullable<CrawlPage['end']>,
    };
  return { ...page, cursor: { ...cursor, page: next, since: greatest } };
};

/** A JSON API with pages, by declaration. */
export const httpJsonConnector = (
  values: Readonly<Record<string, unknown>>,
  deps: ConnectorDeps,
): Connector => {
  const settings = httpJsonSettings(values);
  const client = politeClient(deps.http, deps.clock, { minIntervalMs: settings.minIntervalMs });
  let authorizer: Promise<Authorizer> | undefined;
  return {
    name: 'http-json',
    step: async (point) => {
      authorizer ??= authorizerOf(settings.auth, deps.secrets);
      const opened = await authorizer;
      const crawl = { client, authorizer: opened, settings, nowMs: deps.clock.nowMs() };
      return keepingSecrets(opened.secrets, () => step(point, crawl));
    },
  };
};
