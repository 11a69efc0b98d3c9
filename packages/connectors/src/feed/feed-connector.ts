import { checksumOf } from '../checksum.ts';
import {
  documentKey,
  type Connector,
  type ConnectorDeps,
  type CrawlPage,
  type CrawlPoint,
  type Json,
  type SourceRecord,
} from '../connector.ts';
import { decodeBody } from '../http/decode-body.ts';
import { politeClient } from '../http/polite-client.ts';
import { publicUrl } from '../http/public-url.ts';
import { conditional, refusedBy, validatorsOf, type Validators } from '../http/responses.ts';
import { rejected } from '../rejected.ts';
import { listSetting, optionalTextSetting, settingInvalid, textSetting, urlSetting } from '../settings.ts';
import { readFeed, type FeedEntry } from './read-feed.ts';

type State = Record<string, Validators>;

interface Cursor {
  index: number;
  state: State;
}

const MAX_ID_LENGTH = 1000;

const settingsOf = (values: Readonly<Record<string, unknown>>) => {
  const urls = values['url'] === undefined ? listSetting(values, 'urls') : [urlSetting(values, 'url')];
  if (urls.length === 0) throw settingInvalid('url', 'is missing');
  return {
    urls: urls.map((url) => urlSetting({ url }, 'url')),
    entity: textSetting(values, 'entity', 'entry'),
    attribution: optionalTextSetting(values, 'attribution'),
  };
};

type Settings = ReturnType<typeof settingsOf>;

const recordOf = (entry: FeedEntry, id: string, { entity, attribution }: Settings): SourceRecord => {
  const url = publicUrl(entry.url);
  const { title, modified, author, categories } = entry;
  const optional = { title: title?.slice(0, 500), url, modified };
  const attributes = {
    ...(author === undefined ? {} : { author }),
    ...(categories.length === 0 ? {} : { categories }),
    ...(attribution === undefined ? {} : { attribution }),
  };
  return {
    ...{ path: id, entity, entityId: id, attributes },
    mediaType: entry.isHtml ? 'text/html' : 'text/plain',
    // An entry that is nothing but a headline still says something.
    body: entry.body === '' ? (title ?? '') : entry.body,
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
  };
};

const pageOf = (
  entries: FeedEntry[],
  { feed, known }: { feed: string; known: Readonly<Record<string, string>> },
  settings: Settings,
): CrawlPage => {
  const page: CrawlPage = { records: [], seen: {} };
  for (const [index, entry] of entries.entries()) {
    const id = publicUrl(entry.id) ?? entry.id ?? publicUrl(entry.url);
    if (id === undefined || id.length > MAX_ID_LENGTH) {
      page.records.push(
        rejected(`${feed}#${index}`, 'RECORD_INVALID', 'has neither an id nor a link of usual length'),
      );
      continue;
    }
    const key = documentKey(settings.entity, id);
    const validator = checksumOf(entry);
    page.seen[key] = validator;
    if (known[key] !== validator) page.records.push(recordOf(entry, id, settings));
  }
  return page;
};

/** Feeds: RSS 2.0, RSS 1.0 and Atom. A feed shows what is new; what left it is not deleted. */
export const feedConnector = (
  values: Readonly<Record<string, unknown>>,
  { http, clock }: ConnectorDeps,
): Connector => {
  const settings = settingsOf(values);
  const client = politeClient(http, clock);
  const finish = (page: CrawlPage, { index, state }: Cursor): CrawlPage => {
    const json = state as unknown as Json;
    if (index < settings.urls.length) return { ...page, cursor: { index, state: json } };
    return { ...page, end: { state: json, complete: false } };
  };
  return {
    name: 'feed',
    step: async ({ base, cursor }: CrawlPoint) => {
      const before = (base.state ?? {}) as unknown as State;
      const { index, state } = (cursor ?? { index: 0, state: before }) as unknown as Cursor;
      const url = settings.urls[index] ?? '';
      const response = await client.fetch({ url, headers: conditional(before[url] ?? {}) });
      if (response.status === 304) return finish({ records: [], seen: {} }, { index: index + 1, state });
      if (response.status !== 200) throw refusedBy(response);
      const feed = publicUrl(url) ?? '';
      const page = pageOf(readFeed(decodeBody(response)), { feed, known: base.known }, settings);
      return finish(page, { index: index + 1, state: { ...state, [url]: validatorsOf(response) } });
    },
  };
};
