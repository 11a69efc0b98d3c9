import { documentKey } from '../connector.ts';
import { publicUrl } from '../http/public-url.ts';
import type { SitemapEntry } from './read-sitemap.ts';
import type { Robots } from './robots.ts';
import type { SitemapSettings } from './sitemap-settings.ts';

/** The pages that have to be asked for. */
export interface PagePlan {
  pages: SitemapEntry[];
  /** Whether the sitemaps listed no more than is read: else what is missing may exist. */
  complete: boolean;
}

/** What is known of a page: what the sitemap said, what the server gave to ask with, and what the page was. */
export interface PageValidator {
  lastmod: string;
  etag: string;
  checksum: string;
}

const MAX_URL_LENGTH = 1000;

/** `lastmod|checksum|etag` */
export const writeValidator = ({ lastmod, etag, checksum }: PageValidator): string =>
  [lastmod, checksum, etag].join('|');

/** The parts of {@link writeValidator}; an etag may have bars of its own. */
export const parseValidator = (text = ''): PageValidator => {
  const [lastmod = '', checksum = '', ...etag] = text.split('|');
  return { lastmod, checksum, etag: etag.join('|') };
};

const isChosen = (url: string, { include, exclude }: SitemapSettings): boolean => {
  const { pathname } = new URL(url);
  const starts = (prefix: string): boolean => pathname.startsWith(prefix);
  return (include.length === 0 || include.some(starts)) && !exclude.some(starts);
};

/** Sorts what a sitemap lists into what has to be asked for, what did not change, and what is left out. */
export const planPages = (
  listed: SitemapEntry[],
  {
    settings,
    robots,
    known,
  }: { settings: SitemapSettings; robots: Robots; known: Readonly<Record<string, string>> },
): { plan: PagePlan; seen: Record<string, string>; left: { url: string; reason: string }[] } => {
  const pages = new Map<string, SitemapEntry>();
  const seen: Record<string, string> = {};
  const left: { url: string; reason: string }[] = [];
  for (const entry of listed) {
    const url = publicUrl(entry.url);
    if (url === undefined || !isChosen(url, settings)) continue;
    const key = documentKey(settings.entity, url);
    const validator = known[key];
    if (!robots.isAllowed(url)) left.push({ url, reason: 'is not for us, says robots.txt' });
    else if (url.length > MAX_URL_LENGTH)
      left.push({ url, reason: `is longer than ${MAX_URL_LENGTH} characters` });
    else if (
      entry.lastmod !== '' &&
      validator !== undefined &&
      parseValidator(validator).lastmod === entry.lastmod
    ) {
      seen[key] = validator;
    } else pages.set(url, { url, lastmod: entry.lastmod });
  }
  const complete = listed.length < settings.maxPages;
  return { plan: { pages: [...pages.values()], complete }, seen, left };
};
