import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { readSitemap } from '../src/sitemap/read-sitemap.ts';
import { readRobots } from '../src/sitemap/robots.ts';

const ROBOTS = `
# Everybody
User-agent: *
Disallow: /private
Allow: /private/open   # but this
Disallow: /*.pdf$
Crawl-delay: 2

User-agent: alluvium
User-agent: other
Disallow: /for-others
Sitemap: https://example.org/map.xml
`;

describe('robots.txt', () => {
  const allows = (path: string, product = 'somebody', text = ROBOTS) =>
    readRobots(text, product).isAllowed(`https://example.org${path}`);

  it.each([
    ['/', true],
    ['/private/x', false],
    ['/private/open/x', true],
    ['/a/b.pdf', false],
    ['/a/b.pdf?x=1', true],
    ['/robots.txt', true],
  ])('says of %s to everybody: %s', (path, expected) => {
    expect(allows(path)).toBe(expected);
  });

  it('speaks to the one it names by its own group alone', () => {
    expect(allows('/private/x', 'Alluvium')).toBe(true);
    expect(allows('/for-others', 'Alluvium')).toBe(false);
  });

  it('names its sitemaps and the pause it wants', () => {
    const robots = readRobots(ROBOTS, 'somebody');
    expect(robots.sitemaps).toEqual(['https://example.org/map.xml']);
    expect(robots.crawlDelayMs).toBe(2000);
  });

  it('allows everything where it says nothing', () => {
    expect(allows('/x', 'alluvium', '')).toBe(true);
    expect(allows('/x', 'alluvium', 'User-agent: *\nDisallow:')).toBe(true);
  });

  it('prefers the rule that allows among equals', () => {
    expect(allows('/page', 'x', 'User-agent: *\nDisallow: /page\nAllow: /page')).toBe(true);
  });

  it('is matched in linear time, whatever its patterns', () => {
    const text = `User-agent: *\nDisallow: /${'*a'.repeat(2000)}$`;
    expect(allows(`/${'a'.repeat(20_000)}b`, 'x', text)).toBe(true);
  });
});

describe('a sitemap', () => {
  const answered = (body: string | Uint8Array) => ({
    ...{ status: 200, headers: {}, url: 'https://example.org/map.xml' },
    body: typeof body === 'string' ? Buffer.from(body) : body,
  });
  const XML =
    '<urlset xmlns="x"><url><loc> https://example.org/?a=1&amp;b=2 </loc><lastmod>2026-01-01</lastmod></url><url><loc>https://example.org/b</loc></url></urlset>';

  it.each([
    ['as it is', XML],
    ['packed', gzipSync(XML)],
  ])('is read %s', (_, body) => {
    expect(readSitemap(answered(body))).toEqual({
      isIndex: false,
      entries: [
        { url: 'https://example.org/?a=1&b=2', lastmod: '2026-01-01' },
        { url: 'https://example.org/b', lastmod: '' },
      ],
    });
  });

  it('may be an index of others', () => {
    const index = '<sitemapindex><sitemap><loc>https://example.org/1.xml</loc></sitemap></sitemapindex>';
    expect(readSitemap(answered(index)).isIndex).toBe(true);
  });

  it.each([
    ['another document', '<html></html>', 'SOURCE_ANSWER_INVALID'],
    ['no XML', 'nothing here', 'XML_INVALID'],
    ['elements without end', '<a>'.repeat(100_000), 'XML_INVALID'],
    ['a bomb', gzipSync(Buffer.alloc(60 * 1024 * 1024)), 'SOURCE_ANSWER_INVALID'],
  ])('that is %s is refused', (_, body, code) => {
    expect(() => readSitemap(answered(body))).toThrow(expect.objectContaining({ code }));
  });
});
