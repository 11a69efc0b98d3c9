import type { Connector, CrawlPage, CrawlPoint, SourceRecord } from '@alluvium/connectors';
import { PipelineError } from '@alluvium/contracts';
import type { Random } from '@alluvium/testkit/simulation';

/** What the connector of the simulated source is called; ingest takes no unknown ones. */
export const CONNECTOR = 'http-json';
/** What the documents of the source are. */
export const ENTITY = 'page';
/** A document with this in it cannot be embedded. */
export const UNEMBEDDABLE = 'unembeddable';

const PAGE = 2;

/** A source whose documents change while it is read. */
export interface ChangingSource {
  /** What it holds now: text by entity id. */
  readonly texts: ReadonlyMap<string, string>;
  /** Changes, adds or deletes a document. */
  change(): void;
  /** Takes out of all documents what cannot be embedded. */
  repair(): void;
  /** Reads it, a page at a time. `mayRefuse` says whether it is busy now. */
  connectorOf(pause: () => Promise<void>, mayRefuse: () => boolean): Connector;
}

const unavailable = (code: string): PipelineError =>
  new PipelineError('The source is busy', { code, kind: 'unavailable' });

const pageAfter = (
  texts: ReadonlyMap<string, string>,
  { base: { known }, cursor }: CrawlPoint,
): CrawlPage => {
  const after = typeof cursor === 'string' ? cursor : '';
  const ids = [...texts.keys()].filter((id) => id > after).sort();
  const here = ids.slice(0, PAGE);
  const seen = Object.fromEntries(here.map((id) => [`${ENTITY}#${id}`, texts.get(id) ?? '']));
  const records = here
    .filter((id) => known[`${ENTITY}#${id}`] !== texts.get(id))
    .map((id): SourceRecord => ({
      path: id,
      entity: ENTITY,
      entityId: id,
      mediaType: 'text/plain',
      body: texts.get(id) ?? '',
    }));
  const last = here.at(-1);
  return ids.length > PAGE && last !== undefined
    ? { records, seen, cursor: last }
    : { records, seen, end: { state: null, complete: true } };
};

/** A source with a few documents in it. */
export const changingSource = (random: Random): ChangingSource => {
  const texts = new Map<string, string>();
  let edits = 0;
  const write = (id: string): void => {
    edits += 1;
    // Now and then as it was before: what was once passed on comes again.
    const edition = random.chance(0.3) ? random.between(1, 3) : 100 + edits;
    texts.set(id, `silt of ${id} in edition ${edition}${random.chance(0.06) ? ` ${UNEMBEDDABLE}` : ''}`);
  };
  const anyId = (): string => `doc-${random.between(1, 9)}`;
  for (let count = 0; count < 5; count += 1) write(anyId());
  return {
    texts,
    change: () => {
      const id = anyId();
      if (random.chance(0.25)) texts.delete(id);
      else write(id);
      // A source that suddenly lists nothing is not believed.
      if (texts.size === 0) write(id);
    },
    repair: () => {
      for (const [id, text] of texts) texts.set(id, text.replace(` ${UNEMBEDDABLE}`, ''));
    },
    connectorOf: (pause, mayRefuse) => ({
      name: CONNECTOR,
      step: async (point) => {
        await pause();
        if (mayRefuse()) throw unavailable(random.chance(0.5) ? 'RATE_LIMITED' : 'SOURCE_UNAVAILABLE');
        return pageAfter(texts, point);
      },
    }),
  };
};
