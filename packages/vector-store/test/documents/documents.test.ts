import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  encodeDelta,
  findDocument,
  listDocuments,
  memoryObjectStore,
  openSnapshot,
  openTailDelta,
  systemClock,
  type Delta,
  type DeltaDocument,
  type TailDelta,
  type TailTarget,
} from '../../src/index.ts';
import { deltaOf, documentOf, INDEX_PATH, MODEL } from '../deltas.ts';
import { publishDeltas } from '../publisher.ts';

const opened = (delta: Delta): Promise<TailDelta> =>
  openTailDelta(encodeDelta(delta), {
    key: `embeddings/docs/${delta.deltaId}`,
    ...{ deltaId: delta.deltaId, indexPath: INDEX_PATH },
  });

const targetOf = async (published: DeltaDocument[][], tail: DeltaDocument[] = []): Promise<TailTarget> => {
  const store = memoryObjectStore();
  for (const [part, documents] of published.entries()) await publishDeltas(store, [deltaOf(part, documents)]);
  const deltas = tail.length === 0 ? [] : [await opened(deltaOf(99, tail))];
  const snapshot = await openSnapshot(store, INDEX_PATH);
  return { snapshot, deltas, dims: MODEL.dims, clock: systemClock };
};

let target: TailTarget;
beforeAll(async () => {
  const even = (id: number) => ({ attributes: { even: id % 2 === 0 } });
  const numbered = (from: number, to: number): DeltaDocument[] =>
    Array.from({ length: to - from }, (_, index) => documentOf(from + index, even(from + index)));
  target = await targetOf(
    [numbered(0, 20), numbered(20, 40)],
    [
      documentOf(3, { deleted: true, sequence: 2 }),
      documentOf(4, { title: 'Four again', sequence: 2, ...even(4) }),
      documentOf(40, even(40)),
    ],
  );
});

describe('a document', () => {
  it('is found with its chunks in order and the version that it is of', async () => {
    const { document, snapshot, read } = await findDocument(target, 'files/page#7');
    expect(document).toEqual({
      ...{ documentId: 'files/page#7', source: 'files', entity: 'page', entityId: '7' },
      ...{ title: 'Page 7', attributes: { even: false } },
      chunks: [0, 1].map((ordinal) => expect.objectContaining({ ordinal, start: ordinal * 100 })),
    });
    expect(document?.chunks[0]).toMatchObject({ text: 'river stone 7 part 0 revision 1' });
    expect([snapshot?.version, read.requests > 0]).toEqual([2, true]);
  });

  it.each([
    ['its newest revision, when that waits in the tail', 'files/page#4', 'Four again'],
    ['the tail alone', 'files/page#40', 'Page 40'],
    ['nothing when a tombstone waits in the tail', 'files/page#3', undefined],
    ['nothing when there is none of that id', 'files/page#77', undefined],
  ])('is %s', async (_what, documentId, title) => {
    expect((await findDocument(target, documentId)).document?.title).toBe(title);
  });

  it('is not there while nothing is published', async () => {
    expect(await findDocument(await targetOf([]), 'files/page#1')).toEqual({
      read: { requests: 0, bytes: 0 },
    });
  });
});

const pagesOf = async (limit: number, filters = {}): Promise<string[][]> => {
  const pages: string[][] = [];
  let after: number | undefined;
  do {
    const page = await listDocuments(target, { limit, filters, ...(after !== undefined && { after }) });
    pages.push(page.documents.map(({ entityId }) => entityId));
    after = page.next;
  } while (after !== undefined);
  return pages;
};

const ALL = Array.from({ length: 41 }, (_, id) => String(id)).filter((id) => id !== '3');

describe('a list of documents', () => {
  it('has every document once that is there, page by page', async () => {
    const pages = await pagesOf(7);
    expect(pages.map(({ length }) => length)).toEqual([7, 7, 7, 7, 7, 5]);
    expect(pages.flat().sort()).toEqual([...ALL].sort());
    expect(await pagesOf(8)).toEqual([0, 8, 16, 24, 32].map((start) => pages.flat().slice(start, start + 8)));
  });

  it('ends without a next page when the last one is full', async () => {
    expect((await pagesOf(40)).map(({ length }) => length)).toEqual([40]);
  });

  it('keeps to the filters and counts what passes on all pages', async () => {
    const filters = { attributes: { even: true } };
    const { documents, matched } = await listDocuments(target, { filters, limit: 3 });
    expect([documents.length, matched]).toEqual([3, 21]);
    expect((await pagesOf(5, filters)).flat().every((id) => Number(id) % 2 === 0)).toBe(true);
  });

  it('goes on behind a page whatever was published meanwhile', async () => {
    const before = await targetOf([ALL.slice(0, 10).map((id) => documentOf(id))]);
    const first = await listDocuments(before, { limit: 4 });
    const after = await targetOf([
      ALL.slice(0, 10).map((id) => documentOf(id, { sequence: 2 })),
      [documentOf(90)],
    ]);
    const rest = await listDocuments(after, { limit: 100, after: first.next! });
    const seen = [...first.documents, ...rest.documents].map(({ entityId }) => entityId);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(expect.arrayContaining(ALL.slice(0, 10)));
  });

  it('is empty while nothing is published', async () => {
    expect(await listDocuments(await targetOf([]), { limit: 5 })).toMatchObject({
      documents: [],
      matched: 0,
    });
  });
});
