import { describe, expect, it } from '@jest/globals';
import {
  derivedDocumentV1,
  documentsDerivedV1,
  documentsFetchedV1,
  ingestionContinuedV1,
  partFailedV1,
  rejectV1,
  runManifestV1,
  runSealedV1,
  runStartedV1,
} from '@alluvium/contracts';
import { testContext } from '@alluvium/testkit';
import { makeHandler as onInbox } from '../src/handlers/on-inbox-object-created.ts';
import { deliver, ingest, makeWorld, objectCreated, upload, type World } from './support/world.ts';

const documentsOf = async (world: World) => {
  const derived = world.bus.dataOf(documentsDerivedV1).flatMap(({ derived: pointer }) => pointer ?? []);
  return (
    await Promise.all(derived.map((pointer) => world.objects.readRecords(derivedDocumentV1, pointer)))
  ).flat();
};

const rejectsOf = async (world: World) => {
  const pointers = world.bus.dataOf(documentsDerivedV1).flatMap(({ rejects }) => rejects ?? []);
  return (await Promise.all(pointers.map((pointer) => world.objects.readRecords(rejectV1, pointer)))).flat();
};

const files = {
  'guides/start.md': '# Getting started\n\nInstall the package.',
  'page.html': '<html><head><title>A page</title></head><body><p>Readable.</p></body></html>',
  'notes.txt': 'Plain notes.',
  'records.jsonl':
    '{"id":"one","title":"One","text":"First.","lang":"en"}\n\n{"text":"Second.","attributes":{"year":2024}}\n',
};

describe('an upload', () => {
  it('becomes raw records, canonical documents and a sealed run', async () => {
    const world = makeWorld();
    await ingest(world, upload(world, files));
    expect(world.bus.events.map(({ detailType }) => detailType)).toEqual([
      runStartedV1.name,
      ingestionContinuedV1.name,
      documentsFetchedV1.name,
      runSealedV1.name,
      documentsDerivedV1.name,
    ]);
    const [started] = world.bus.dataOf(runStartedV1);
    expect(started).toMatchObject({ collection: 'docs', source: 'files', fence: 1, attempt: 1 });
    const [sealed] = world.bus.dataOf(runSealedV1);
    const manifest = await world.objects.readDocument(runManifestV1, sealed!.manifest);
    expect(manifest.parts).toMatchObject([{ part: 0, records: 5 }]);
    expect(manifest.parts[0]!.raw.key).toBe(`raw/docs/2026/03/01/${started!.runId}/0.jsonl.gz`);
    expect(await documentsOf(world)).toMatchObject([
      { documentId: 'files/document#guides/start.md', title: 'Getting started' },
      { documentId: 'files/document#page.html', title: 'A page', text: 'Readable.' },
      { documentId: 'files/document#notes.txt', title: 'notes.txt', text: 'Plain notes.' },
      { documentId: 'files/document#one', title: 'One', text: 'First.', attributes: { lang: 'en' } },
      { documentId: 'files/document#records.jsonl#3', text: 'Second.', attributes: { year: 2024 } },
    ]);
  });

  it('carries title, link and attributes that were given with it', async () => {
    const world = makeWorld();
    const fields = {
      'a.md': {
        title: 'Given',
        url: 'https://u:p@example.org/a?page=2&api_key=x',
        attributes: { team: 'x' },
      },
    };
    await ingest(world, upload(world, { 'a.md': '# Found\n\nText.' }, { fields }));
    expect(await documentsOf(world)).toMatchObject([
      { title: 'Given', url: 'https://example.org/a?page=2', attributes: { team: 'x' } },
    ]);
  });

  it('is one run when it is announced five times at once, and is not read again once sealed', async () => {
    const world = makeWorld();
    const event = objectCreated(upload(world, files));
    const handler = onInbox(world.deps);
    await Promise.all([1, 2, 3, 4, 5].map(() => handler(event, testContext())));
    expect(new Set(world.bus.dataOf(runStartedV1).map((data) => JSON.stringify(data))).size).toBe(1);
    const keys = world.bus.events.map(({ detail }) => detail.metadata.idempotencyKey);
    expect(new Set(keys).size).toBe(2);
    await deliver(world, world.bus.events[1]!);
    const count = world.bus.events.length;
    await handler(event, testContext());
    expect(world.bus.events).toHaveLength(count);
  });

  it('gives each run of a source a greater fence', async () => {
    const world = makeWorld();
    await ingest(world, upload(world, { 'a.txt': 'One.' }));
    await ingest(world, upload(world, { 'a.txt': 'Two.' }, { uploadId: 'second' }));
    expect(world.bus.dataOf(runStartedV1).map(({ fence }) => fence)).toEqual([1, 2]);
  });

  it('seals a run without parts when it lists nothing', async () => {
    const world = makeWorld();
    await ingest(world, upload(world, {}));
    expect(world.bus.dataOf(runSealedV1)).toMatchObject([{ total: 0 }]);
  });
});

describe('bad input', () => {
  it('is rejected file by file and line by line, with the reason, and the rest goes on', async () => {
    const world = makeWorld();
    const key = upload(world, {
      'binary.bin': Uint8Array.of(0x89, 0x50, 0, 1),
      'empty.md': '',
      'blank.html': '<p> </p>',
      'latin1.txt': Uint8Array.of(0x67, 0x72, 0xfc, 0x6e),
      'broken.jsonl': '{"text":"fine"}\n{"text": \n[1]\n{"entity":"No Good","text":"x"}\n{"id":"e"}\n',
      'missing.txt': 'gone',
      'changed.txt': 'before',
      'shrunk.txt': 'before',
      'twice.jsonl': '{"id":"x","text":"old"}\n{"id":"x","text":"new"}\n',
      'good.unknown': 'Still text.',
    });
    world.objects.stored.delete('inbox/docs/first/missing.txt');
    world.objects.stored.set('inbox/docs/first/changed.txt', Buffer.from('beford'));
    world.objects.stored.set('inbox/docs/first/shrunk.txt', Buffer.from('be'));
    await ingest(world, key);
    const rejects = (await rejectsOf(world)).map(({ path, error }) => [path, error.code]);
    expect(rejects).toEqual([
      ['binary.bin', 'NOT_TEXT'],
      ['empty.md', 'EMPTY'],
      ['blank.html', 'EMPTY'],
      ['latin1.txt', 'NOT_UTF8'],
      ['broken.jsonl#2', 'JSON_INVALID'],
      ['broken.jsonl#3', 'RECORD_INVALID'],
      ['broken.jsonl#4', 'RECORD_INVALID'],
      ['broken.jsonl#5', 'EMPTY'],
      ['missing.txt', 'FILE_MISSING'],
      ['changed.txt', 'FILE_CHANGED'],
      ['shrunk.txt', 'FILE_CHANGED'],
      ['twice.jsonl#1', 'DUPLICATE_ID'],
    ]);
    for (const { path, error } of await rejectsOf(world)) expect(error.message).toContain(path);
    expect((await documentsOf(world)).map(({ entityId, text }) => [entityId, text])).toEqual([
      ['broken.jsonl#1', 'fine'],
      ['x', 'new'],
      ['good.unknown', 'Still text.'],
    ]);
    expect(world.bus.dataOf(documentsDerivedV1)).toMatchObject([{ records: 3, unchanged: 0, rejected: 12 }]);
  });

  it('skips a line that is too long to keep, and a document that is too large', async () => {
    const world = makeWorld();
    const long = Buffer.alloc(9 * 1024 * 1024, 'x');
    const lines = Buffer.concat([Buffer.from('{"text":"a"}\n'), long, Buffer.from('\n{"text":"b"}')]);
    await ingest(world, upload(world, { 'long.jsonl': lines, 'long.txt': long }));
    expect((await rejectsOf(world)).map(({ path, error }) => [path, error.code])).toEqual([
      ['long.jsonl#2', 'RECORD_TOO_LARGE'],
      ['long.txt', 'DOCUMENT_TOO_LARGE'],
    ]);
    expect((await documentsOf(world)).map(({ text }) => text)).toEqual(['a', 'b']);
  });

  it.each([
    ['no JSON', Buffer.from('{')],
    ['another place', Buffer.from(JSON.stringify({ ...manifestOf(), uploadId: 'other' }))],
    ['a path outside the upload', Buffer.from(JSON.stringify({ ...manifestOf(), files: [fileOf('../x')] }))],
    ['a file twice', Buffer.from(JSON.stringify({ ...manifestOf(), files: [fileOf('x'), fileOf('x')] }))],
    ['a fault in a field', Buffer.from(JSON.stringify({ ...manifestOf(), source: 'Not A Name' }))],
  ])('is refused as a whole when the manifest has %s', async (_what, bytes) => {
    const world = makeWorld();
    world.objects.stored.set('inbox/docs/first/_upload.json', bytes);
    await ingest(world, 'inbox/docs/first/_upload.json');
    expect(world.bus.events).toEqual([]);
    expect(world.runtime.deadLetterList).toHaveLength(1);
  });

  it.each([
    'inbox/docs/a/b/_upload.json',
    'inbox/No/a/_upload.json',
    'raw/docs/a/_upload.json',
    'inbox/docs/drop/',
  ])('starts nothing from the key %s', async (key) => {
    const world = makeWorld();
    await ingest(world, key);
    expect(world.bus.events).toEqual([]);
  });
});

function manifestOf() {
  return {
    collection: 'docs',
    uploadId: 'first',
    source: 'files',
    createdAt: '2026-03-01T11:00:00.000Z',
    files: [fileOf('x')],
  };
}

function fileOf(path: string) {
  return { path, bytes: 1, sha256: '0'.repeat(64) };
}

describe('a file that is dropped without a manifest', () => {
  it('is a run of one file, the same however often it is announced', async () => {
    const world = makeWorld();
    world.objects.stored.set('inbox/docs/drop/note.md', Buffer.from('# A note\n\nText.'));
    await ingest(world, 'inbox/docs/drop/note.md');
    const first = world.bus.events.length;
    await ingest(world, 'inbox/docs/drop/note.md');
    expect(world.bus.events).toHaveLength(first);
    const [started] = world.bus.dataOf(runStartedV1);
    expect(world.objects.stored.has(`runs/${started!.runId}/source.json`)).toBe(true);
    expect(await documentsOf(world)).toMatchObject([{ entityId: 'note.md', title: 'A note' }]);
  });
});

describe('a run that is given up', () => {
  it('is reported as a failed fetch of the part it stood at', async () => {
    const world = makeWorld();
    await onInbox(world.deps)(objectCreated(upload(world, files)), testContext());
    const continued = world.bus.events.at(-1)!;
    world.objects.stored.delete('inbox/docs/first/_upload.json');
    await deliver(world, continued, 1);
    expect(world.bus.dataOf(partFailedV1)).toEqual([]);
    const answer = await deliver(world, continued, 5);
    expect(answer.batchItemFailures).toHaveLength(1);
    expect(world.bus.dataOf(partFailedV1)).toMatchObject([
      { part: 0, stage: 'fetch', error: { code: 'OBJECT_MISSING' } },
    ]);
  });

  it('is reported as a failed derive when the raw records are not those of the part', async () => {
    const world = makeWorld();
    await ingest(world, upload(world, files));
    const fetched = world.bus.events.find(({ detailType }) => detailType === documentsFetchedV1.name)!;
    const data = { ...(fetched.detail.data as object), part: 7 };
    await deliver(world, { ...fetched, detail: { ...fetched.detail, data } });
    expect(world.bus.dataOf(partFailedV1)).toMatchObject([
      { part: 7, stage: 'derive', error: { code: 'POINTER_REFUSED' } },
    ]);
    expect(world.runtime.deadLetterList).toHaveLength(1);
  });
});
