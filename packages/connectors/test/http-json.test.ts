import { describe, expect, it } from '@jest/globals';
import { authorizerOf } from '../src/http-json/authorize.ts';
import { httpJsonSettings } from '../src/http-json/http-json-settings.ts';
import { atPointer } from '../src/http-json/json-pointer.ts';
import { mapItem } from '../src/http-json/map-item.ts';
import { nextCursor, urlOfPage } from '../src/http-json/paging.ts';

const MAPPING = { id: '/id', text: '/text' };
const settingsWith = (fields: Record<string, unknown>) =>
  httpJsonSettings({ url: 'https://api.example.org/items?lang=en', mapping: MAPPING, ...fields });

describe('settings', () => {
  it.each([
    ['url', { url: 'ftp://x' }],
    ['mapping', { mapping: undefined }],
    ['id', { mapping: { text: '/text' } }],
    ['text', { mapping: { id: '/id' } }],
    ['items', { items: 'data.items' }],
    ['style', { paging: { style: 'odd' } }],
    ['next', { paging: { style: 'cursor' } }],
    ['limit', { paging: { style: 'offset', limit: 0 } }],
    ['secret', { auth: { kind: 'header' } }],
    ['entity', { mapping: { ...MAPPING, edges: { authors: { at: '/authors' } } } }],
    ['at', { mapping: { ...MAPPING, edges: { authors: { entity: 'person', at: 'authors' } } } }],
    ['edges.a b', { mapping: { ...MAPPING, edges: { 'a b': { entity: 'person', at: '/a' } } } }],
  ])('are refused when %s is wrong', (name, fields) => {
    expect(() => settingsWith(fields)).toThrow(
      expect.objectContaining({ code: 'SOURCE_INVALID', details: { setting: name } }),
    );
  });
});

describe('a JSON pointer', () => {
  it.each([
    ['', { a: 1 }],
    ['/a', undefined],
    ['/list/1', 'b'],
    ['/x~1y', 2],
    ['/x~0y', 3],
    ['/constructor', undefined],
  ])('%j leads where RFC 6901 says', (pointer, expected) => {
    const value = { list: ['a', 'b'], 'x/y': 2, 'x~y': 3 };
    expect(atPointer(pointer === '' ? { a: 1 } : value, pointer)).toEqual(expected);
  });
});

describe('the next page', () => {
  const response = (link?: string) => ({
    ...{ status: 200, body: new Uint8Array(), url: 'https://api.example.org/items' },
    headers: link === undefined ? {} : { link },
  });

  it('is never asked for at another site', () => {
    const answered = {
      cursor: '',
      body: {},
      items: [1],
      response: response('<https://evil.example/>; rel="next"'),
    };
    expect(() => nextCursor(settingsWith({ paging: { style: 'link' } }), answered)).toThrow(
      expect.objectContaining({ code: 'SOURCE_ANSWER_INVALID' }),
    );
  });

  it('is asked for beside the parameters that the settings have', () => {
    const settings = settingsWith({ paging: { style: 'offset', limit: 2 } });
    expect(urlOfPage(settings, '4')).toBe('https://api.example.org/items?lang=en&offset=4&limit=2');
    const full = { cursor: '4', body: {}, items: [1, 2], response: response() };
    expect(nextCursor(settings, full)).toBe('6');
    expect(nextCursor(settings, { ...full, items: [1] })).toBeUndefined();
  });
});

describe('credentials', () => {
  const store = async (name: string) => ({ a: 'alpha', b: 'beta', pub: '1234', priv: 'abcd' })[name] ?? '';
  const request = { url: 'https://api.example.org/?x=1' };

  it.each([
    [{ kind: 'header', secret: 'a', prefix: 'Bearer ' }, { headers: { authorization: 'Bearer alpha' } }],
    [{ kind: 'basic', user: 'me', secret: 'b' }, { headers: { authorization: 'Basic bWU6YmV0YQ==' } }],
    [{ kind: 'query', name: 'key', secret: 'a' }, { url: 'https://api.example.org/?x=1&key=alpha' }],
    [
      {
        ...{ kind: 'hash', algorithm: 'md5', input: ['$ts', 'priv', 'pub'] },
        query: { ts: '$ts', apikey: 'pub', hash: '$hash' },
      },
      { url: 'https://api.example.org/?x=1&ts=1&apikey=1234&hash=ffd275c5130566a2916217b101f26150' },
    ],
  ])('are put on as declared: %j', async (auth, expected) => {
    const authorizer = await authorizerOf(settingsWith({ auth }).auth, store);
    expect(authorizer.authorize(request, 1)).toMatchObject(expected);
  });
});

describe('an item', () => {
  it('is mapped by pointers', () => {
    const mapping = {
      ...{
        id: '/id',
        title: '/name',
        text: ['/lead', '/html'],
        url: '/links/self',
        modified: '/at',
        html: true,
      },
      attributes: { tags: '/tags', score: '/score', nested: '/links' },
    };
    const item = {
      ...{
        id: 7,
        name: 'Seven',
        lead: 'Lead',
        html: '<p>Body</p>',
        at: 1_772_366_400,
        tags: ['a'],
        score: 2,
      },
      links: { self: 'https://u:p@example.org/7?api_key=x' },
    };
    expect(mapItem(item, settingsWith({ mapping, attribution: 'By them' }))).toEqual({
      ...{ id: '7', title: 'Seven', text: 'Lead\n\nBody', url: 'https://example.org/7' },
      modified: '2026-03-01T12:00:00.000Z',
      attributes: { tags: ['a'], score: 2, attribution: 'By them' },
    });
  });

  it('without an id is none', () => {
    expect(mapItem({ text: 'x' }, settingsWith({}))).toBeUndefined();
  });
});

describe('an item that names others', () => {
  const edges = {
    authors: { entity: 'person', at: '/authors', id: '/key' },
    series: { entity: 'series', at: '/series' },
    tags: { entity: 'tag', at: '/tags' },
  };

  it('has an edge for each, once, from one value or a list', () => {
    const item = {
      ...{ id: 1, text: 'x', series: 7, tags: ['a', 'b', 'a', null, {}] },
      authors: [{ key: 3 }, { name: 'without' }],
    };
    expect(mapItem(item, settingsWith({ mapping: { ...MAPPING, edges } }))?.edges).toEqual([
      { relation: 'authors', entity: 'person', entityId: '3' },
      { relation: 'series', entity: 'series', entityId: '7' },
      { relation: 'tags', entity: 'tag', entityId: 'a' },
      { relation: 'tags', entity: 'tag', entityId: 'b' },
    ]);
    expect(
      mapItem({ id: 1, text: 'x' }, settingsWith({ mapping: { ...MAPPING, edges } })),
    ).not.toHaveProperty('edges');
  });
});
