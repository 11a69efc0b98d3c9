import type { Connector, ConnectorDeps, CrawlPage, CrawlPoint, Json } from '../connector.ts';
import { politeClient } from '../http/polite-client.ts';
import { rejected } from '../rejected.ts';
import { answerInvalid, refusedBy } from '../http/responses.ts';
import { fetchPage } from './fetch-page.ts';
import { planPages, type PagePlan } from './plan-pages.ts';
import { readRobots, type Robots } from './robots.ts';
import { readSitemap, type SitemapEntry } from './read-sitemap.ts';
import { PRODUCT, sitemapSettings, type SitemapSettings } from './sitemap-settings.ts';

/** Sitemaps of an index, and of indexes in it. */
const MAX_SITEMAPS = 1000;

/** First the sitemaps are read, one a step, then the pages. */
interface ListCursor {
  sitemaps: string[];
  read: number;
  robots: string;
}

interface PageCursor {
  next: number;
  crawlDelayMs: number;
}

interface Listed {
  listed: SitemapEntry[];
}

type Client = ReturnType<typeof politeClient>;

interface PageTools {
  settings: SitemapSettings;
  client: Client;
}

interface Context extends PageTools {
  robots: Robots;
}

const readRobotsText = async (client: Client, url: string): Promise<string> => {
  const response = await client.fetch({ url: new URL('/robots.txt', url).href, maxBytes: 4 * 1024 * 1024 });
  // RFC 9309: who has no robots.txt allows everything. Servers that fail were asked again and threw.
  return response.status === 200 ? new TextDecoder().decode(response.body) : '';
};

const isOfSite = (url: string, { hosts }: SitemapSettings): boolean =>
  URL.canParse(url) && hosts.includes(new URL(url).hostname);

const finishListing = (listed: SitemapEntry[], { base }: CrawlPoint, context: Context): CrawlPage => {
  const { settings, robots } = context;
  const { plan, seen, left } = planPages(listed, { settings, robots, known: base.known });
  const records = left.map(({ url, reason }) => rejected(url, 'PAGE_LEFT_OUT', reason));
  if (plan.pages.length === 0) return { records, seen, end: { state: {}, complete: plan.complete } };
  return {
    records,
    seen,
    plan: plan as unknown as Json,
    cursor: { next: 0, crawlDelayMs: robots.crawlDelayMs },
  };
};

const listStep = async (point: CrawlPoint, cursor: ListCursor, context: Context): Promise<CrawlPage> => {
  const { settings, client } = context;
  const url = cursor.sitemaps[cursor.read] ?? '';
  const response = await client.fetch({ url });
  if (response.status !== 200) throw refusedBy(response);
  const { isIndex, entries } = readSitemap(response);
  const { listed: before = [] } = (point.plan ?? {}) as unknown as Partial<Listed>;
  const own = entries.filter((entry) => isOfSite(entry.url, settings));
  const listed = isIndex ? before : [...before, ...own].slice(0, settings.maxPages);
  const sitemaps = isIndex
    ? [...new Set([...cursor.sitemaps, ...own.map((entry) => entry.url)])]
    : cursor.sitemaps;
  if (sitemaps.length > MAX_SITEMAPS) throw answerInvalid(url, `leads to more than ${MAX_SITEMAPS} sitemaps`);
  const read = cursor.read + 1;
  if (read >= sitemaps.length) return finishListing(listed, point, context);
  const plan = { listed } as unknown as Json;
  return { records: [], seen: {}, plan, cursor: { sitemaps, read, robots: cursor.robots } };
};

const pageStep = async (
  { base, plan }: CrawlPoint,
  { next, crawlDelayMs }: PageCursor,
  tools: PageTools,
): Promise<CrawlPage> => {
  const { pages, complete } = plan as unknown as PagePlan;
  const entry = pages[next];
  const page = entry === undefined ? { records: [], seen: {} } : await fetchPage(entry, base.known, tools);
  if (next + 1 < pages.length) return { ...page, cursor: { next: next + 1, crawlDelayMs } };
  return { ...page, end: { state: {}, complete } };
};

/** Web pages that a sitemap lists; robots.txt is honoured. */
export const sitemapConnector = (
  values: Readonly<Record<string, unknown>>,
  deps: ConnectorDeps,
): Connector => {
  const settings = sitemapSettings(values);
  let opened: Client | undefined;
  // Opened once: the pace between requests holds across steps.
  const clientOf = (crawlDelayMs: number): Client => {
    const minIntervalMs = Math.max(settings.minIntervalMs, crawlDelayMs);
    opened ??= politeClient(deps.http, deps.clock, { minIntervalMs, maxPauseMs: 60_000 });
    return opened;
  };
  return {
    name: 'sitemap',
    step: async (point) => {
      const given = point.cursor as unknown as ListCursor | PageCursor | undefined;
      if (given !== undefined && 'next' in given) {
        return pageStep(point, given, { settings, client: clientOf(given.crawlDelayMs) });
      }
      const robotsText =
        given?.robots ?? (await readRobotsText(politeClient(deps.http, deps.clock), settings.url));
      const robots = readRobots(robotsText, PRODUCT);
      const cursor = given ?? { sitemaps: [settings.url], read: 0, robots: robotsText };
      return listStep(point, cursor, { settings, client: clientOf(robots.crawlDelayMs), robots });
    },
  };
};
