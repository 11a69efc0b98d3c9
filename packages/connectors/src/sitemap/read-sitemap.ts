import { gunzipSync } from 'node:zlib';
import { PipelineError } from '@alluvium/contracts';
import type { HttpResponse } from '../http/http-client.ts';
import { decodeBody } from '../http/decode-body.ts';
import { childrenOf, childText, isNamed, readXml } from '../xml/read-xml.ts';

/** A URL of a sitemap and when it says that it changed; an empty text when it does not. */
export interface SitemapEntry {
  url: string;
  lastmod: string;
}

/** A sitemap, or an index of others. */
export interface Sitemap {
  isIndex: boolean;
  entries: SitemapEntry[];
}

/** 50 MB and 50,000 URLs are the most that a sitemap may have. */
const MAX_BYTES = 50 * 1024 * 1024;

const invalid = (what: string, cause?: unknown): PipelineError =>
  new PipelineError(`The sitemap ${what}`, { code: 'SOURCE_ANSWER_INVALID', kind: 'invalid', cause });

const unpacked = (response: HttpResponse): HttpResponse => {
  const { body } = response;
  if (body[0] !== 0x1f || body[1] !== 0x8b) return response;
  try {
    return { ...response, body: gunzipSync(body, { maxOutputLength: MAX_BYTES }) };
  } catch (cause) {
    throw invalid(`is not gzip, or has more than ${MAX_BYTES} bytes`, cause);
  }
};

/** Reads an answer as a sitemap, gzip'd or not. @throws XML_INVALID, SOURCE_ANSWER_INVALID */
export const readSitemap = (response: HttpResponse): Sitemap => {
  const root = readXml(decodeBody(unpacked(response)));
  const isIndex = isNamed(root, 'sitemapindex');
  if (!isIndex && !isNamed(root, 'urlset')) throw invalid(`has the root <${root.name}>`);
  const entries = childrenOf(root, isIndex ? 'sitemap' : 'url').flatMap((element) => {
    const url = childText(element, 'loc');
    return url === undefined ? [] : [{ url, lastmod: childText(element, 'lastmod') ?? '' }];
  });
  return { isIndex, entries };
};
