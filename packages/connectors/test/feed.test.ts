import { describe, expect, it } from '@jest/globals';
import { readFeed } from '../src/feed/read-feed.ts';

const RSS = `<?xml version="1.0"?>
<rss version="2.0" xmlns:content="c" xmlns:dc="d"><channel><title>News</title>
<item><guid isPermaLink="false">1</guid><title>One &amp; only</title><link>https://example.org/1</link>
<pubDate>Sun, 01 Mar 2026 12:00:00 +0100</pubDate><dc:creator>Ada</dc:creator><category>rivers</category>
<description>Short.</description><content:encoded><![CDATA[<p>Long &amp; wide.</p>]]></content:encoded></item>
<item><link>https://example.org/2</link></item></channel></rss>`;

const ATOM = `<feed xmlns="http://www.w3.org/2005/Atom"><title>News</title>
<entry><id>urn:1</id><title type="text">One</title><updated>2026-03-01T12:00:00Z</updated>
<link rel="self" href="https://example.org/self"/><link href="https://example.org/1"/>
<author><name>Bo</name></author><category term="floods"/><summary>Plain.</summary></entry>
<entry><id>urn:2</id><content type="html">&lt;b&gt;Bold&lt;/b&gt;</content></entry></feed>`;

describe('a feed', () => {
  it('is read as RSS', () => {
    expect(readFeed(RSS)).toEqual([
      {
        ...{ id: '1', title: 'One & only', url: 'https://example.org/1', author: 'Ada' },
        ...{ modified: '2026-03-01T11:00:00.000Z', categories: ['rivers'] },
        ...{ body: '<p>Long &amp; wide.</p>', isHtml: true },
      },
      { url: 'https://example.org/2', categories: [], body: '', isHtml: true },
    ]);
  });

  it('is read as Atom', () => {
    expect(readFeed(ATOM)).toEqual([
      {
        ...{ id: 'urn:1', title: 'One', url: 'https://example.org/1', author: 'Bo' },
        ...{ modified: '2026-03-01T12:00:00.000Z', categories: ['floods'], body: 'Plain.', isHtml: false },
      },
      { id: 'urn:2', categories: [], body: '<b>Bold</b>', isHtml: true },
    ]);
  });

  it('is read as RSS 1.0', () => {
    const rdf = '<rdf:RDF><channel/><item rdf:about="urn:1"><title>One</title></item></rdf:RDF>';
    expect(readFeed(rdf)).toMatchObject([{ id: 'urn:1', title: 'One' }]);
  });

  it('expands no entity that its document defines', () => {
    const bomb = `<!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><rss><channel><item><title>&b;</title></item></channel></rss>`;
    expect(readFeed(bomb)).toMatchObject([{ title: '&b;' }]);
  });

  it.each([
    ['<html><body/></html>', 'SOURCE_ANSWER_INVALID'],
    ['', 'XML_INVALID'],
  ])('is refused when it is none: %j', (xml, code) => {
    expect(() => readFeed(xml)).toThrow(expect.objectContaining({ code }));
  });
});
