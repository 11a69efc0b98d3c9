import { createHash } from 'node:crypto';
import { connectorConformance, type ConformanceSource } from '@alluvium/testkit/connector-conformance';
import { startFakeMarvel } from '@alluvium/testkit';
import type { FileStore } from '../src/index.ts';
import { opening, overDocuments, someDocuments } from './support/conforming-source.ts';
import { startFakeServer, type FakeAnswer } from './support/fake-server.ts';

const sha1 = (text: string): string => createHash('sha1').update(text).digest('hex');
const page = (title: string, text: string): string =>
  `<html><head><title>${title}</title></head><body><p>${text}</p></body></html>`;

const TOKEN = 'a-token-nobody-else-has';

const files = async (): Promise<ConformanceSource> => {
  const documents = someDocuments();
  let requests = 0;
  const pathOf = (id: string): string => (id === 'third' ? 'more/third.jsonl' : `${id}.md`);
  const contentOf = (id: string, text: string): string =>
    id === 'third' ? `${JSON.stringify({ id: 'third', text })}\n` : text;
  const stored = () =>
    [...documents].map(([id, text]) => {
      const content = contentOf(id, text);
      return { content, file: { path: pathOf(id), sizeBytes: content.length, etag: sha1(content) } };
    });
  const store: FileStore = {
    list: async () => {
      requests += 1;
      return stored().map(({ file }) => file);
    },
    read: async (_, { path }) => {
      requests += 1;
      const found = stored().find(({ file }) => file.path === path);
      return found === undefined ? undefined : [Buffer.from(found.content)];
    },
  };
  const keyOf = (id: string): string => `document#${id === 'third' ? id : pathOf(id)}`;
  return {
    open: opening(() => ({ connector: 'files', settings: { folder: 'handbook' } }), store),
    put: (id, text) => documents.set(id, text),
    remove: (id) => documents.delete(id),
    ...{ keyOf, keys: () => [...documents.keys()].map(keyOf), requests: () => requests },
    ...{ secrets: {}, seesDeletions: true, namesPauses: false },
    ...{ disturb: () => undefined, close: async () => undefined },
  };
};

const feed = async (): Promise<ConformanceSource> => {
  const documents = someDocuments();
  const server = await startFakeServer(() => {
    const items = [...documents].map(
      ([id, text]) =>
        `<item><guid>${id}</guid><title>${id}</title><link>https://example.org/${id}</link><description><![CDATA[<p>${text}</p>]]></description></item>`,
    );
    const body = `<?xml version="1.0"?><rss version="2.0"><channel><title>Feed</title>${items.join('')}</channel></rss>`;
    return { headers: { etag: `"${sha1(body)}"` }, body };
  });
  return {
    ...overDocuments(server, documents, (id) => `entry#${id}`),
    open: opening(() => ({ connector: 'feed', settings: { url: `${server.url}/feed.xml` } })),
    ...{ secrets: {}, seesDeletions: false },
  };
};

const sitemap = async (): Promise<ConformanceSource> => {
  const documents = someDocuments();
  const answers = (path: string, self: string): FakeAnswer => {
    if (path === '/robots.txt') return { body: 'User-agent: *\nDisallow: /private\n' };
    if (path === '/index.xml') {
      return { body: `<sitemapindex><sitemap><loc>${self}/map.xml</loc></sitemap></sitemapindex>` };
    }
    if (path === '/map.xml') {
      const urls = [...documents].map(
        ([id, text]) => `<url><loc>${self}/${id}</loc><lastmod>${text.length}</lastmod></url>`,
      );
      return { body: `<urlset>${urls.join('')}<url><loc>${self}/private/x</loc></url></urlset>` };
    }
    const text = documents.get(path.slice(1));
    if (text === undefined) return { status: 404 };
    return { headers: { 'content-type': 'text/html' }, body: page(path, text) };
  };
  const server = await startFakeServer((url, _, self) => answers(url.pathname, self));
  return {
    ...overDocuments(server, documents, (id) => `page#${server.url}/${id}`),
    open: opening(() => ({
      connector: 'sitemap',
      settings: { url: `${server.url}/index.xml`, exclude: ['/private'], minIntervalMs: 0 },
    })),
    ...{ secrets: {}, seesDeletions: true },
  };
};

const github = async (): Promise<ConformanceSource> => {
  const documents = someDocuments();
  const commit = (): string => sha1(JSON.stringify([...documents]));
  const answers = (path: string): FakeAnswer => {
    if (path.includes('/commits/')) return { headers: { etag: `"${commit()}"` }, body: commit() };
    if (path.includes('/git/trees/')) {
      const files = [...documents].map(([id, text]) => ({
        path: `docs/${id}.md`,
        type: 'blob',
        sha: sha1(text),
        size: text.length,
      }));
      const others = [
        { path: 'docs', type: 'tree', sha: sha1('docs') },
        { path: 'src/x.ts', type: 'blob', sha: sha1('x'), size: 1 },
      ];
      return { body: JSON.stringify({ sha: commit(), tree: [...files, ...others], truncated: false }) };
    }
    const [, id = ''] = /\/contents\/docs\/(.+)\.md$/.exec(path) ?? [];
    const text = documents.get(id);
    return text === undefined
      ? { status: 404, body: '{"message":"Not Found"}' }
      : { body: `# ${id}\n\n${text}` };
  };
  const server = await startFakeServer((url, headers) =>
    headers.authorization === `Bearer ${TOKEN}` ? answers(url.pathname) : { status: 401 },
  );
  return {
    ...overDocuments(server, documents, (id) => `file#docs/${id}.md`),
    open: opening(() => ({
      connector: 'github',
      settings: { repository: 'owner/name', token: 'token', baseUrl: server.url },
    })),
    ...{ secrets: { token: TOKEN }, seesDeletions: true },
  };
};

const httpJson = (style: 'offset' | 'page' | 'cursor' | 'link') => async (): Promise<ConformanceSource> => {
  const documents = someDocuments();
  const answers = (url: URL, self: string): FakeAnswer => {
    const all = [...documents].map(([id, text]) => ({
      key: id,
      name: id,
      content: { html: `<p>${text}</p>` },
      link: `${self}/${id}?token=${TOKEN}`,
    }));
    const [name, first] = style === 'page' ? ['page', 1] : ['at', 0];
    const at = Number(url.searchParams.get(name) ?? first);
    const from = style === 'page' ? (at - 1) * 2 : at;
    const items = all.slice(from, from + 2);
    const hasMore = from + 2 < all.length;
    const next = `${self}/items?token=${TOKEN}&at=${from + 2}`;
    const body = JSON.stringify({
      data: { items, total: all.length },
      next: hasMore ? String(from + 2) : null,
    });
    return {
      headers: style === 'link' && hasMore ? { link: `<${self}/>; rel="first", <${next}>; rel="next"` } : {},
      body,
    };
  };
  const server = await startFakeServer((url, _, self) =>
    url.searchParams.get('token') === TOKEN ? answers(url, self) : { status: 401 },
  );
  const pagings = {
    offset: { style, param: 'at', limitParam: 'count', limit: 2, total: '/data/total' },
    page: { style, size: 2 },
    cursor: { style, param: 'at', next: '/next' },
    link: { style },
  };
  return {
    ...overDocuments(server, documents, (id) => `item#${id}`),
    open: opening(() => ({
      connector: 'http-json',
      settings: {
        url: `${server.url}/items`,
        items: '/data/items',
        paging: pagings[style],
        auth: { kind: 'query', name: 'token', secret: 'token' },
        mapping: { id: '/key', title: '/name', text: '/content/html', url: '/link', html: true },
      },
    })),
    ...{ secrets: { token: TOKEN }, seesDeletions: true },
  };
};

const IDS: Readonly<Record<string, number>> = { second: 1_009_003, added: 77 };

const marvel = async (): Promise<ConformanceSource> => {
  const server = await startFakeMarvel({ entities: 120 });
  const { publicKey, privateKey } = server.keys;
  const idOf = (id: string): number => IDS[id] ?? 0;
  const kindOf = (collection: string): string =>
    collection === 'stories' ? 'story' : collection === 'series' ? 'series' : collection.slice(0, -1);
  return {
    open: opening(() => ({
      connector: 'marvel',
      settings: { baseUrl: server.baseUrl, limit: 10, edges: 'complete', minIntervalMs: 0 },
    })),
    secrets: { 'marvel-public-key': publicKey, 'marvel-private-key': privateKey },
    put: (id, text) => {
      if (id === 'added') server.add('characters', idOf(id), text, Date.UTC(2026, 2, 1, 12));
      else server.change('characters', idOf(id), text, Date.UTC(2026, 2, 1, 12));
    },
    remove: (id) => server.remove('characters', idOf(id)),
    keyOf: (id) => `character#${idOf(id)}`,
    keys: () => server.entities().map(({ collection, id }) => `${kindOf(collection)}#${id}`),
    requests: () => server.requests.length,
    disturb: (status) => server.disturb(status),
    ...{ seesDeletions: true, namesPauses: false },
    close: () => server.close(),
  };
};

connectorConformance('files', files, { asksServers: false });
connectorConformance('feed', feed);
connectorConformance('sitemap', sitemap);
connectorConformance('github', github);
connectorConformance('http-json by offset', httpJson('offset'));
connectorConformance('http-json by page', httpJson('page'));
connectorConformance('http-json by cursor', httpJson('cursor'));
connectorConformance('http-json by link', httpJson('link'));
connectorConformance('marvel', marvel);
