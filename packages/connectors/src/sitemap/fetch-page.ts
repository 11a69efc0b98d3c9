import { hasCode, isPipelineError, sha256Hex } from '@alluvium/contracts';
import { isoDate } from '../canonical.ts';
import { documentKey, type CrawlPage, type SourceRecord } from '../connector.ts';
import { decodeBody } from '../http/decode-body.ts';
import type { HttpClient, HttpResponse } from '../http/http-client.ts';
import { rejected } from '../rejected.ts';
import { parseValidator, writeValidator } from './plan-pages.ts';
import type { SitemapEntry } from './read-sitemap.ts';
import type { SitemapSettings } from './sitemap-settings.ts';

/** Greatest page. */
const MAX_PAGE_BYTES = 8 * 1024 * 1024;
const CHECKSUM_LENGTH = 16;
const GONE = new Set([404, 410]);
const MEDIA_TYPES: Readonly<Record<string, string>> = {
  'text/html': 'text/html',
  'application/xhtml+xml': 'text/html',
  'text/markdown': 'text/markdown',
  'text/plain': 'text/plain',
};

const mediaTypeOf = ({ headers }: HttpResponse): string | undefined =>
  MEDIA_TYPES[(headers['content-type'] ?? 'text/html').split(';')[0]?.trim().toLowerCase() ?? ''];

const recordOf = (
  { url, lastmod }: SitemapEntry,
  response: HttpResponse,
  { mediaType, settings }: { mediaType: string; settings: SitemapSettings },
): SourceRecord => {
  const modified = isoDate(lastmod === '' ? response.headers['last-modified'] : lastmod);
  const { attribution, entity } = settings;
  return {
    ...{ path: url, entity, entityId: url, url, mediaType, body: decodeBody(response) },
    ...(modified === undefined ? {} : { modified }),
    ...(attribution === undefined ? {} : { attributes: { attribution } }),
  };
};

const pageOf = (
  entry: SitemapEntry,
  response: HttpResponse,
  known: string | undefined,
  settings: SitemapSettings,
): CrawlPage => {
  const { url, lastmod } = entry;
  const key = documentKey(settings.entity, url);
  const mediaType = mediaTypeOf(response);
  if (/\bnoindex\b/i.test(response.headers['x-robots-tag'] ?? '')) return { records: [], seen: {} };
  if (mediaType === undefined) {
    const reason = `is ${response.headers['content-type'] ?? ''}, not text`;
    return { records: [rejected(url, 'NOT_TEXT', reason)], seen: {} };
  }
  const checksum = sha256Hex(response.body).slice(0, CHECKSUM_LENGTH);
  const seen = { [key]: writeValidator({ lastmod, etag: response.headers['etag'] ?? '', checksum }) };
  const isSame = known !== undefined && parseValidator(known).checksum === checksum;
  return { records: isSame ? [] : [recordOf(entry, response, { mediaType, settings })], seen };
};

// It exists as far as anybody knows: without a validator the next crawl asks again.
const failed = ({ url }: SitemapEntry, key: string, reason: string): CrawlPage => ({
  records: [rejected(url, 'PAGE_UNAVAILABLE', reason)],
  seen: { [key]: '' },
});

const fetchEntry = async (
  entry: SitemapEntry,
  etag: string,
  client: HttpClient,
): Promise<HttpResponse | string> => {
  try {
    const headers = etag === '' ? {} : { 'if-none-match': etag };
    return await client.fetch({ url: entry.url, headers, maxBytes: MAX_PAGE_BYTES });
  } catch (error) {
    // One page that cannot be had must not end the crawl; a site that wants its peace does.
    if (!isPipelineError(error) || hasCode(error, 'RATE_LIMITED')) throw error;
    return `cannot be read: ${error.message}`;
  }
};

/** Asks for one page; one that is gone is not seen, and so counts as deleted. */
export const fetchPage = async (
  entry: SitemapEntry,
  known: Readonly<Record<string, string>>,
  { client, settings }: { client: HttpClient; settings: SitemapSettings },
): Promise<CrawlPage> => {
  const key = documentKey(settings.entity, entry.url);
  const before = known[key];
  const validator = parseValidator(before);
  const response = await fetchEntry(entry, validator.etag, client);
  if (typeof response === 'string') return failed(entry, key, response);
  const { status } = response;
  if (status === 304)
    return { records: [], seen: { [key]: writeValidator({ ...validator, lastmod: entry.lastmod }) } };
  if (GONE.has(status)) return { records: [], seen: {} };
  if (status !== 200) return failed(entry, key, `answered ${status}`);
  return pageOf(entry, response, before, settings);
};
