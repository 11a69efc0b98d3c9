import { listSetting, numberSetting, optionalTextSetting, textSetting, urlSetting } from '../settings.ts';

/** The name under which robots.txt may speak to us. */
export const PRODUCT = 'alluvium';

/** What can be set of a sitemap source. */
export interface SitemapSettings {
  /** Of the sitemap or of an index of sitemaps. */
  url: string;
  /** Hosts whose pages are read; that of the sitemap when not given. */
  hosts: readonly string[];
  /** Beginnings of paths that are read; all when empty. */
  include: readonly string[];
  /** Beginnings of paths that are not. */
  exclude: readonly string[];
  maxPages: number;
  entity: string;
  minIntervalMs: number;
  attribution: string | undefined;
}

/** Reads the settings. @throws SOURCE_INVALID */
export const sitemapSettings = (values: Readonly<Record<string, unknown>>): SitemapSettings => {
  const url = urlSetting(values, 'url');
  return {
    url,
    hosts: listSetting(values, 'hosts', [new URL(url).hostname]),
    include: listSetting(values, 'include'),
    exclude: listSetting(values, 'exclude'),
    maxPages: numberSetting(values, 'maxPages', { fallback: 10_000, min: 1, max: 50_000 }),
    entity: textSetting(values, 'entity', 'page'),
    minIntervalMs: numberSetting(values, 'minIntervalMs', { fallback: 200, min: 0, max: 60_000 }),
    attribution: optionalTextSetting(values, 'attribution'),
  };
};
