import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startFakeMarvel, type FakeMarvel } from '@alluvium/testkit';
import {
  guardedFetch,
  mapMarvelEntity,
  openConnector,
  type CrawlBase,
  type CrawlPage,
} from '../src/index.ts';
import { marvelApi, marvelHash } from '../src/marvel/marvel-api.ts';
import { cleanEntity } from '../src/marvel/clean-entity.ts';
import { noFiles } from './support/conforming-source.ts';

const NOW_MS = Date.UTC(2026, 2, 1, 12);
const clock = { nowMs: () => NOW_MS, pause: async () => undefined };
const http = guardedFetch({ allowedHosts: ['127.0.0.1'] });

let marvel: FakeMarvel;

beforeEach(async () => {
  marvel = await startFakeMarvel({ entities: 200, dailyLimit: 200 });
});
afterEach(() => marvel.close());

const apiWith = (keys = marvel.keys) => marvelApi(marvel.baseUrl, keys, { http, clock, minIntervalMs: 0 });

const open = (settings: Record<string, unknown> = {}, publicKey = marvel.keys.publicKey) =>
  openConnector(
    { connector: 'marvel', settings: { baseUrl: marvel.baseUrl, limit: 10, minIntervalMs: 0, ...settings } },
    {
      http,
      clock,
      files: noFiles,
      secrets: async (name) => (name === 'marvel-public-key' ? publicKey : marvel.keys.privateKey),
    },
  );

const crawl = async (settings: Record<string, unknown>, base: CrawlBase = { known: {} }) => {
  const connector = open(settings);
  const pages: CrawlPage[] = [];
  for (;;) {
    const cursor = pages.at(-1)?.cursor;
    const plan = pages.findLast((page) => page.plan !== undefined)?.plan;
    const page = await connector.step({
      base,
      ...(cursor === undefined ? {} : { cursor }),
      ...(plan === undefined ? {} : { plan }),
    });
    pages.push(page);
    if (page.end === undefined) continue;
    const seen = Object.assign({}, ...pages.map((one) => one.seen)) as Record<string, string>;
    return { seen, records: pages.flatMap(({ records }) => records), end: page.end };
  }
};

describe('the signature', () => {
  it('is md5(ts + private key + public key)', () => {
    expect(marvelHash('1', { publicKey: '1234', privateKey: 'abcd' })).toBe(
      'ffd275c5130566a2916217b101f26150',
    );
  });
});

describe('the API', () => {
  it('tells by the etag, unquoted, that nothing changed', async () => {
    const page = await apiWith().page('characters', { limit: 5 });
    const etag = typeof page === 'object' ? page.etag : '';
    expect(etag).toMatch(/^[0-9a-f]{40}$/);
    expect(await apiWith().page('characters', { limit: 5 }, etag)).toBe('not-modified');
    expect(marvel.requests.at(-1)).toMatchObject({ etag, status: 304 });
  });

  it.each([
    ['the gateway', { limit: 5 }, { publicKey: 'another-key', privateKey: 'x' }, /401.*InvalidCredentials/],
    ['the API', { limit: 101 }, undefined, /409.*more than 100/],
  ])('is refused with the words of %s', async (_, query, keys, message) => {
    await expect(apiWith(keys).page('characters', query)).rejects.toMatchObject({
      ...{ code: 'SOURCE_REFUSED', kind: 'invalid' },
      message: expect.stringMatching(message),
    });
  });

  it('has nothing where it answers 404', async () => {
    expect(await apiWith().page('characters/1/comics', {})).toBeUndefined();
  });

  it('wants no more requests today when its quota is spent', async () => {
    const small = await startFakeMarvel({ entities: 10, dailyLimit: 2 });
    const api = marvelApi(small.baseUrl, small.keys, { http, clock, minIntervalMs: 0 });
    for (let count = 0; count < 2; count += 1) await api.page('events', { limit: 1 });
    await expect(api.page('events', { limit: 1 })).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      details: { retryAfterMs: 12 * 3600 * 1000 },
    });
    await small.close();
  });
});

describe('paging through a world that moves', () => {
  it('misses nothing when entities vanish from pages that were read', async () => {
    const gone = marvel
      .entities()
      .filter(({ collection }) => collection === 'comics')
      .sort((left, right) => left.modifiedMs - right.modifiedMs || left.id - right.id);
    marvel.onRequest(({ path, count }) => {
      if (path.endsWith('/comics') && count > 1 && count < 7) marvel.remove('comics', gone[count]!.id);
    });
    const { seen } = await crawl({ collections: ['comics'] });
    const left = marvel.entities().filter(({ collection }) => collection === 'comics');
    expect(left.filter(({ id }) => !(`comic#${id}` in seen))).toEqual([]);
  });

  it('misses nothing when entities appear and change', async () => {
    marvel.onRequest(({ path, count }) => {
      if (!path.endsWith('/comics') || count >= 5) return;
      marvel.add('comics', 90_000 + count, 'new', Date.UTC(2009, 0, 1 + count));
      marvel.change('comics', 10_030 + count * 3, 'changed');
    });
    const { seen } = await crawl({ collections: ['comics'] });
    const before = marvel.entities().filter(({ collection, id }) => collection === 'comics' && id < 90_000);
    expect(before.filter(({ id }) => !(`comic#${id}` in seen))).toEqual([]);
  });
});

describe('the next crawl', () => {
  it('costs one request a collection, answered without a body when asked again', async () => {
    const collections = ['characters', 'events'];
    const first = await crawl({ collections });
    const second = await crawl({ collections }, { known: first.seen, state: first.end.state });
    const before = marvel.requests.length;
    const third = await crawl({ collections }, { known: first.seen, state: second.end.state });
    expect(marvel.requests.slice(before).map(({ status }) => status)).toEqual([304, 304]);
    expect([second.records, third.records]).toEqual([[], []]);
    expect(third.end.complete).toBe(false);
  });
});

describe('an entity', () => {
  const COMIC = {
    ...{ id: 7, title: 'River #1', isbn: 9780785199373, issn: '', pageCount: 32 },
    ...{ modified: '2019-04-11T09:05:20-0400', description: '<p>First.</p>\r<br>Second.' },
    resourceURI: 'http://gateway.marvel.com/v1/public/comics/7',
    dates: [
      { type: 'onsaleDate', date: '2019-05-01T00:00:00-0400' },
      { type: 'focDate', date: '-0001-11-30T00:00:00-0500' },
      { type: 'unlimitedDate', date: '1969-12-31T19:00:00-0500' },
    ],
    urls: [
      {
        type: 'detail',
        url: 'http://marvel.com/comics/7?utm_campaign=apiRef&utm_source=my-public-key&page=2',
      },
    ],
    series: { resourceURI: 'http://gateway.marvel.com/v1/public/series/3', name: 'Rivers (2019)' },
    creators: {
      ...{ available: 1, returned: 1, collectionURI: 'x' },
      items: [{ resourceURI: 'http://gateway.marvel.com/v1/public/creators/5', name: 'Ada', role: 'writer' }],
    },
  };

  it('becomes a canonical record, whatever form its dates and codes have', () => {
    expect(mapMarvelEntity(JSON.stringify(cleanEntity(COMIC)))).toEqual({
      ...{ id: '7', title: 'River #1', modified: '2019-04-11T13:05:20.000Z' },
      url: 'http://marvel.com/comics/7?page=2',
      text: 'River #1\n\nFirst.\n\nSecond.\n\nSeries: Rivers (2019).\n\nCreators: Ada (writer).',
      attributes: {
        ...{ isbn: '9780785199373', pageCount: 32, onsaleDate: '2019-05-01T04:00:00.000Z' },
        ...{ series: ['series#3'], creators: ['creator#5'] },
      },
      edges: [
        { relation: 'series', entity: 'series', entityId: '3' },
        { relation: 'creators', entity: 'creator', entityId: '5' },
      ],
    });
  });

  it('has no modification date where the API does not know it', () => {
    for (const modified of ['-0001-11-30T00:00:00-0500', '1969-12-31T19:00:00-0500']) {
      expect(mapMarvelEntity(JSON.stringify({ ...COMIC, modified }))).not.toHaveProperty('modified');
    }
  });

  it('is refused when it is none', () => {
    for (const body of ['[]', 'null', '{}', 'no JSON']) {
      expect(() => mapMarvelEntity(body)).toThrow(expect.objectContaining({ code: 'RECORD_INVALID' }));
    }
  });

  it('has its whole lists when they are wanted', async () => {
    const whole = await crawl({ edges: 'complete', limit: 100 });
    const long = marvel.entities().filter(({ links }) => Object.values(links).some((ids) => ids.length > 20));
    expect(long.length).toBeGreaterThan(0);
    expect(whole.records).toHaveLength(marvel.entities().length);
    for (const { collection, id, links } of long) {
      const record = whole.records.find(({ path }) => path === `${collection}/${id}`);
      const { attributes } = mapMarvelEntity(record!.body!);
      const lists = Object.entries(links).filter(([name, ids]) => ids.length > 20 && name !== collection);
      for (const [name, ids] of lists)
        if (!(collection === 'comics' && name === 'series'))
          expect(attributes[name]).toHaveLength(new Set(ids).size);
    }
  });
});
