import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  assertProduced,
  documentsDeleteRequestedV1,
  documentsDeleteResponseV1,
  documentsV1,
  documentV1,
  problemV1,
} from '@alluvium/contracts';
import { DOCUMENTS, documentOf, INDEX, makeWorld } from './support/world.ts';

let world: ReturnType<typeof makeWorld>;

beforeEach(async () => {
  world = makeWorld();
  await world.putCollection('docs', INDEX);
  await world.publishDocuments(DOCUMENTS);
});

const pathOf = (entityId: string): string => `/documents/files/page#${entityId}`;
const events = () => world.bus.dataOf(documentsDeleteRequestedV1);

describe('GET /documents/{documentId}', () => {
  it('gives a document with its passages and the version that it is of', async () => {
    const { status, body } = await world.request('GET', pathOf('water'));
    expect([status, assertProduced(documentV1, body)]).toMatchObject([
      200,
      {
        collection: 'docs',
        document: {
          ...{ documentId: 'files/page#water', title: 'About water', attributes: { language: 'en' } },
          chunks: [{ ordinal: 0, text: 'the river carries stone', start: 0, end: 23 }],
        },
        ...{ snapshot: { version: 1 }, tail: { deltas: 0 } },
      },
    ]);
  });

  it.each([
    ['https://example.org/a?b=1#c', 'files/page#https://example.org/a?b=1#c'],
    ['100%', 'files/page#100%'],
    ['ä b', 'files/page#ä b'],
  ])('takes an id as it is: %s', async (entityId, documentId) => {
    await world.publishDocuments([{ ...documentOf(entityId, 'a river'), url: 'https://example.org/' }], 1);
    const { body } = await world.request('GET', `/documents/${documentId}`, { query: 'collection=docs' });
    expect(assertProduced(documentV1, body).document.entityId).toBe(entityId);
  });

  it('takes an id that comes encoded', async () => {
    const { status } = await world.request('GET', `/documents/${encodeURIComponent('files/page#water')}`);
    expect(status).toBe(200);
  });

  it('sees what waits in the tail, unless the snapshot alone is asked', async () => {
    await world.announceDocuments([documentOf('new', 'a river')], 1);
    expect((await world.request('GET', pathOf('new'))).status).toBe(200);
    const { status } = await world.request('GET', pathOf('new'), { query: 'consistency=snapshot' });
    expect(status).toBe(404);
  });

  it.each<[string, string, number, string]>([
    [pathOf('none'), '', 404, 'DOCUMENT_NOT_FOUND'],
    [pathOf('water'), 'collection=none', 404, 'COLLECTION_NOT_FOUND'],
    [pathOf('water'), 'k=5', 400, 'PARAMETER_UNKNOWN'],
    [pathOf('water'), 'collection=A!', 400, 'PARAMETER_INVALID'],
    [pathOf('water'), 'asOf=99', 404, 'VERSION_UNKNOWN'],
    [`/documents/a/${'x'.repeat(1200)}`, '', 400, 'PARAMETER_INVALID'],
  ])('refuses %s?%s', async (path, query, status, code) => {
    const answer = await world.request('GET', path, { query });
    expect([answer.status, assertProduced(problemV1, answer.body).code]).toEqual([status, code]);
  });
});

describe('GET /documents', () => {
  const list = async (query: string) => {
    const { status, body } = await world.request('GET', '/documents', { query });
    expect([status, status === 200 ? undefined : body]).toEqual([200, undefined]);
    return assertProduced(documentsV1, body);
  };

  it('gives pages of documents that pass filters', async () => {
    await world.publishDocuments(
      Array.from({ length: 10 }, (_, index) => documentOf(`d${index}`, 'a river')),
      1,
    );
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await list(`limit=4${cursor === undefined ? '' : `&cursor=${cursor}`}`);
      expect([page.matched, page.documents.length <= 4]).toEqual([13, true]);
      seen.push(...page.documents.map(({ entityId }) => entityId));
      ({ cursor } = page);
    } while (cursor !== undefined);
    expect(new Set(seen).size).toBe(13);
    const filter = encodeURIComponent('{"id": ["water", "d3"]}');
    const { documents, matched } = await list(`entity=page&filter=${filter}`);
    expect([matched, documents.map(({ entityId }) => entityId).sort()]).toEqual([2, ['d3', 'water']]);
    expect(documents[0]).toMatchObject({ chunks: 1, attributes: { language: 'en' } });
  });

  it('is empty where nothing is published', async () => {
    await world.putCollection('fresh');
    expect(await list('collection=fresh')).toMatchObject({ documents: [], matched: 0 });
  });

  it.each([
    ['limit=0', 'PARAMETER_INVALID'],
    ['limit=101', 'PARAMETER_INVALID'],
    ['limit=x', 'PARAMETER_INVALID'],
    ['cursor=abc', 'CURSOR_INVALID'],
    ['filter={"year":1}', 'FILTER_INVALID'],
    ['q=river', 'PARAMETER_UNKNOWN'],
    ['consistency=eventual', 'PARAMETER_INVALID'],
    ['consistency=tail&asOf=1', 'PARAMETER_INVALID'],
  ])('refuses ?%s', async (query, code) => {
    expect(await world.request('GET', '/documents', { query })).toMatchObject({
      status: 400,
      body: { code },
    });
  });
});

describe('DELETE /documents/{documentId}', () => {
  it('asks for the document to vanish and says under which name', async () => {
    const { status, body } = await world.request('DELETE', pathOf('water'), {
      query: 'reason=No%20longer%20valid.',
    });
    const { requestId, ...answer } = assertProduced(documentsDeleteResponseV1, body);
    expect([status, answer]).toEqual([
      ...[202, { collection: 'docs', matched: 1, documentIds: ['files/page#water'] }],
    ]);
    expect(events()).toEqual([
      expect.objectContaining({
        ...{ requestId, slice: 0, collection: 'docs', reason: 'No longer valid.' },
        documentIds: ['files/page#water'],
      }),
    ]);
  });

  it('is the same request under the same Idempotency-Key', async () => {
    for (const key of ['one', 'one', 'two'])
      await world.request('DELETE', pathOf('water'), { headers: { 'Idempotency-Key': key } });
    const [first, second, third] = events().map(({ requestId }) => requestId);
    expect([first === second, first === third]).toEqual([true, false]);
  });

  it('is not found where there is no such document, and asks for nothing', async () => {
    const { status, body } = await world.request('DELETE', pathOf('none'));
    expect([status, body, events()]).toMatchObject([404, { code: 'DOCUMENT_NOT_FOUND' }, []]);
  });

  it.each(['reason=', `reason=${'x'.repeat(201)}`, 'dryRun=true'])('refuses ?%s', async (query) => {
    const { status } = await world.request('DELETE', pathOf('water'), { query });
    expect([status, events()]).toEqual([400, []]);
  });
});

describe('POST /documents/delete', () => {
  const remove = (body: unknown) =>
    world.request('POST', '/documents/delete', { body: JSON.stringify(body) });

  it('asks for all documents that pass the filters, in several events when they are many', async () => {
    await world.publishDocuments(
      Array.from({ length: 20 }, (_, index) => ({ ...documentOf(`d${index}`, 'a river'), entity: 'post' })),
      1,
    );
    const { status, body } = await remove({
      collection: 'docs',
      filters: { entity: 'post' },
      reason: 'Old.',
    });
    const { requestId, matched, documentIds } = assertProduced(documentsDeleteResponseV1, body);
    expect([status, matched, documentIds.length]).toEqual([202, 20, 10]);
    expect(events().map((event) => [event.requestId, event.slice, event.documentIds.length])).toEqual([
      ...[
        [requestId, 0, 8],
        [requestId, 1, 8],
        [requestId, 2, 4],
      ],
    ]);
    const all = events().flatMap((event) => event.documentIds);
    expect(new Set(all).size).toBe(20);
  });

  it('counts and deletes nothing in a dry run', async () => {
    const { status, body } = await remove({ filters: { entity: 'page' }, dryRun: true });
    expect([status, body, events()]).toMatchObject([200, { matched: 3, dryRun: true }, []]);
    expect(assertProduced(documentsDeleteResponseV1, body).requestId).toBeUndefined();
  });

  it('finds what waits in the tail', async () => {
    await world.announceDocuments([{ ...documentOf('new', 'a river'), entity: 'post' }], 1);
    expect(await remove({ filters: { entity: 'post' } })).toMatchObject({
      status: 202,
      body: { matched: 1 },
    });
  });

  it('does nothing where nothing matches', async () => {
    const { status, body } = await remove({ filters: { entity: 'person' } });
    expect([status, body, events()]).toEqual([202, { collection: 'docs', matched: 0, documentIds: [] }, []]);
  });

  it('refuses more than 1000 at once, naming how many there are', async () => {
    const many = Array.from({ length: 1001 }, (_, index) => ({
      ...documentOf(`d${index}`, 'a'),
      entity: 'post',
    }));
    await world.publishDocuments(many, 1);
    const { status, body } = await remove({ filters: { entity: 'post' } });
    expect([status, body, events()]).toMatchObject([
      ...[400, { code: 'DELETION_TOO_LARGE', detail: expect.stringMatching(/^1001 documents/) }, []],
    ]);
    expect(await remove({ filters: { entity: 'post' }, dryRun: true })).toMatchObject({
      body: { matched: 1001 },
    });
  });

  it('refuses while a part of the tail cannot be seen', async () => {
    for (let part = 1; part <= 65; part += 1)
      await world.announceDocuments([documentOf(`new${part}`, 'river')], part);
    expect(await remove({ filters: { entity: 'page' } })).toMatchObject({
      ...{ status: 503, body: { code: 'TAIL_TOO_LARGE' } },
    });
    expect(events()).toEqual([]);
  });

  it.each<[unknown, string]>([
    [{}, 'PARAMETER_INVALID'],
    [{ filters: {} }, 'FILTER_INVALID'],
    [{ filters: { year: 1 } }, 'FILTER_INVALID'],
    [{ filters: { entity: 'page' }, force: true }, 'PARAMETER_UNKNOWN'],
    [{ filters: { entity: 'page' }, dryRun: 'yes' }, 'PARAMETER_INVALID'],
    [[], 'BODY_INVALID'],
  ])('refuses %j', async (body, code) => {
    expect(await remove(body)).toMatchObject({ status: 400, body: { code } });
    expect(events()).toEqual([]);
  });
});
