import type { Connector, CrawlPoint } from '@alluvium/connectors';

/** Documents that a source has: text by id. */
export type Pages = Map<string, string>;

/** A source in memory that is read one document a step; a full listing each time. */
export const pagesConnector = (pages: Pages, onStep: (id: string) => void): Connector => ({
  name: 'pages',
  step: async ({ base, cursor = 0 }: CrawlPoint) => {
    const at = Number(cursor);
    const entry = [...pages][at];
    onStep(entry?.[0] ?? '');
    const isOver = at + 1 >= pages.size;
    const rest = isOver ? { end: { state: { count: pages.size }, complete: true } } : { cursor: at + 1 };
    if (entry === undefined) return { records: [], seen: {}, ...rest };
    const [id, text] = entry;
    const key = `page#${id}`;
    const record = { path: id, entity: 'page', entityId: id, mediaType: 'text/plain', body: text };
    return { records: base.known[key] === text ? [] : [record], seen: { [key]: text }, ...rest };
  },
});
