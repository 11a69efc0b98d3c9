import {
  appliedPartsV1,
  chunkedDocumentV1,
  derivedDocumentV1,
  erasureV1,
  hashId,
  rawRecordV1,
  snapshotPublishedV1,
  type ErasureV1,
} from '@alluvium/contracts';
import { readHead, readVersions, verifySnapshot } from '@alluvium/vector-store';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { gunzipSync } from 'node:zlib';
import { deltaOf, INDEX_PATH, RUN_ID } from './support/deltas.ts';
import { operate } from './support/operate.ts';
import { answerAll, arrive, makeWorld, type World } from './support/world.ts';

const SECRET = 'peregrine';
const DATE = '2026/03/01';
const OTHER_RUN = hashId('another run');
const ERASED = 'files/page#1';

let world: World;

const revision = { fence: 1, sequence: 1, contentHash: 'a'.repeat(64) };

const shapeOf = (id: number) => {
  const text = id === 1 ? SECRET : `text ${id}`;
  const identity = { documentId: `files/page#${id}`, source: 'files', entity: 'page', entityId: String(id) };
  return { ...identity, title: text, attributes: { author: id === 1 ? 'Ada' : 'Bo' }, revision };
};

const secretDelta = (part: number) => {
  const delta = deltaOf(part);
  const [document] = delta.documents;
  const chunks = document!.chunks.map((chunk) => ({ ...chunk, text: SECRET, end: SECRET.length }));
  return {
    ...delta,
    documents: [{ ...document!, title: SECRET, attributes: { author: 'Ada' }, chunks }],
  };
};

/** What the stages before the index left of a part. */
const storePart = async (runId: string, part: number, ids: number[]): Promise<void> => {
  const { objects } = world;
  const raw = ids.map((id) => ({
    ...{ sequence: id, path: `page-${id}.md`, entity: 'page', entityId: String(id) },
    ...{ mediaType: 'text/plain', body: shapeOf(id).title },
  }));
  const derived = ids.map((id) => ({ ...shapeOf(id), deleted: false, text: shapeOf(id).title }));
  const chunked = ids.map((id) => {
    const { title: text } = shapeOf(id);
    const chunk = { chunkId: hashId(['chunk', id]), ordinal: 0, text, start: 0, end: text.length };
    return { ...shapeOf(id), deleted: false, chunks: [chunk] };
  });
  await objects.writeRecords(rawRecordV1, `raw/docs/${DATE}/${runId}/${part}.jsonl.gz`, raw);
  await objects.writeRecords(derivedDocumentV1, `derived/docs/${DATE}/${runId}/${part}.jsonl.gz`, derived);
  await objects.writeRecords(chunkedDocumentV1, `chunks/docs/${runId}/${part}-x.jsonl.gz`, chunked);
};

const put = (key: string, text: string): unknown => world.objects.stored.set(key, Buffer.from(text));

/** Keys of all that lies in the bucket, in any version, and holds the text. */
const keysWith = async (text: string): Promise<string[]> => {
  const found = new Set<string>();
  for await (const { key, versionId, isDeleteMarker } of world.deps.store.listVersions('')) {
    if (isDeleteMarker) continue;
    const object = await world.deps.store.get(key, { versionId });
    if (object === undefined || object === 'not-modified') continue;
    const bytes = Buffer.from(key.endsWith('.gz') ? gunzipSync(object.body) : object.body);
    if (bytes.includes(text)) found.add(key);
  }
  return [...found];
};

const erase = (args: object = { documentId: ERASED }, reason = 'A request of the person.') =>
  operate(world, { operation: 'erase-document', args, reason });

const reportOf = ({ report }: Awaited<ReturnType<typeof erase>>): Promise<ErasureV1> =>
  world.objects.readDocument(erasureV1, report!);

beforeEach(async () => {
  world = makeWorld();
  for (const delta of [deltaOf(0), secretDelta(1), deltaOf(2)]) {
    await arrive(world, delta);
    await answerAll(world);
  }
  await storePart(RUN_ID, 0, [10]);
  await storePart(RUN_ID, 1, [1, 11]);
  await storePart(OTHER_RUN, 0, [12]);
  const page = { runId: RUN_ID, page: 0, records: [{ sequence: 1, path: 'x', entityId: '1', body: SECRET }] };
  put(`runs/${RUN_ID}/pages/0.json`, JSON.stringify(page));
  put(`runs/${RUN_ID}/state.json`, JSON.stringify({ known: { 'page#1': 'abc' } }));
  for (const [part, text] of ['others', SECRET].entries()) {
    const request = { sequence: 1, path: 'a chunk', body: text };
    await world.objects.writeRecords(rawRecordV1, `batches/docs/${RUN_ID}/${part}-b/0.jsonl.gz`, [request]);
  }
  put('retrievals/job.json', JSON.stringify({ results: [{ documentId: ERASED, text: SECRET }] }));
  put('retrievals/other.json', JSON.stringify({ results: [{ documentId: 'files/page#10' }] }));
  put('jobs/job/answer.json', JSON.stringify({ text: SECRET, citations: [ERASED] }));
});

describe('erase-document', () => {
  it('leaves nothing of it anywhere in the bucket, and everything of parts without it', async () => {
    expect((await keysWith(SECRET)).length).toBeGreaterThan(8);
    const answer = await erase();
    expect(answer).toMatchObject({
      outcome: 'done',
      summary: '1 document erased from 1 index and 8 objects outside.',
    });
    expect(await keysWith(SECRET)).toEqual([]);
    expect(await verifySnapshot(world.store, INDEX_PATH)).toMatchObject({ problems: [] });
    const left = [...world.objects.stored.keys()].filter((key) => !key.startsWith('indexes/'));
    expect(left.sort()).toEqual(
      [
        `batches/docs/${RUN_ID}/0-b/0.jsonl.gz`,
        `chunks/docs/${OTHER_RUN}/0-x.jsonl.gz`,
        `chunks/docs/${RUN_ID}/0-x.jsonl.gz`,
        `derived/docs/${DATE}/${OTHER_RUN}/0.jsonl.gz`,
        `derived/docs/${DATE}/${RUN_ID}/0.jsonl.gz`,
        ...[0, 2].map((part) => `embeddings/docs/${RUN_ID}/${part}-${deltaOf(part).deltaId}`).sort(),
        answer.report!.key,
        `raw/docs/${DATE}/${OTHER_RUN}/0.jsonl.gz`,
        `raw/docs/${DATE}/${RUN_ID}/0.jsonl.gz`,
        'retrievals/other.json',
        `runs/${RUN_ID}/state.json`,
      ].sort(),
    );
  });

  it('proves it, and says what cannot be replayed and what was not searched', async () => {
    const report = await reportOf(await erase());
    expect(report).toMatchObject({
      ...{ collection: 'docs', documentIds: [ERASED], requestedBy: 'admin' },
      reason: 'A request of the person.',
      indexes: [{ indexPath: INDEX_PATH, report: expect.stringContaining('/erasures/') }],
      deleted: { objects: 8 },
      replaysBroken: [RUN_ID],
      proof: { found: 0 },
      unreadable: [],
    });
    expect(report.notCovered.join(' ')).toContain('inbox/');
    expect(report.examined.objects).toBeGreaterThan(report.deleted.objects);
  });

  it('drops the versions that held it, and tells the world of the new one', async () => {
    await erase();
    const states = (await readVersions(world.store, INDEX_PATH)).map(({ version, state }) => [
      version,
      state,
    ]);
    expect(states).toEqual([
      [4, 'current'],
      [3, 'expired'],
      [2, 'expired'],
      [1, 'kept'],
    ]);
    const published = world.bus.dataOf(snapshotPublishedV1).at(-1)!;
    expect(published).toMatchObject({ kind: 'erase', version: 4 });
    expect((await world.objects.readDocument(appliedPartsV1, published.applied)).parts).toEqual([]);
  });

  it('applies what waits before the objects of it go', async () => {
    await arrive(world, { ...deltaOf(3), documents: [...deltaOf(3).documents, ...secretDelta(1).documents] });
    await erase();
    const head = (await readHead(world.store, INDEX_PATH))?.head;
    expect(head?.counts.documents).toBe(3);
    expect(await keysWith(SECRET)).toEqual([]);
  });

  it('finds nothing the second time', async () => {
    await erase();
    const again = await reportOf(await erase());
    expect(again).toMatchObject({ deleted: { objects: 0 }, deletedKeys: [], proof: { found: 0 } });
  });

  it('deletes what cannot be read: it may hold anything', async () => {
    put(`chunks/docs/${OTHER_RUN}/9-x.jsonl.gz`, 'no gzip');
    const report = await reportOf(await erase());
    expect(report.unreadable).toEqual([`chunks/docs/${OTHER_RUN}/9-x.jsonl.gz`]);
    expect(report.replaysBroken).toContain(OTHER_RUN);
  });

  it('says what it would do in a dry run', async () => {
    const before = await keysWith(SECRET);
    expect((await erase({ documentId: ERASED, dryRun: true })).summary).toBe(
      '1 document would be erased; 7 objects outside the indexes would go, and every version that holds one of them.',
    );
    expect(await keysWith(SECRET)).toEqual(before);
  });
});

describe('erase-document by a filter', () => {
  it.each([
    [{ attribute: 'author', value: 'Ada' }, [ERASED]],
    [{ source: 'files', entity: 'page', attribute: 'author', value: 'Ada' }, [ERASED]],
    [{ source: 'elsewhere' }, undefined],
  ])('%p erases %p', async (filter, documentIds) => {
    const answer = await erase({ filter });
    if (documentIds === undefined) expect(answer.summary).toBe('No document fits; nothing was erased.');
    else expect((await reportOf(answer)).documentIds).toEqual(documentIds);
  });

  it.each([[{}], [{ attribute: 'author' }], [{ value: 'Ada' }]])(
    '%p is refused: it would be everything',
    async (filter) => {
      expect(await erase({ filter })).toMatchObject({ error: { code: 'OPERATION_ARGUMENT_MISSING' } });
    },
  );

  it('that is not there is refused without ids', async () => {
    expect(await erase({})).toMatchObject({ error: { code: 'OPERATION_ARGUMENT_MISSING' } });
  });
});
