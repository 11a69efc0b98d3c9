import { describe, expect, it } from '@jest/globals';
import {
  diffVersions,
  listTags,
  openSnapshot,
  publish,
  readVersions,
  removeTag,
  resolveVersion,
  tagVersion,
  verifySnapshot,
} from '../../src/index.ts';
import { VERSIONS_A_PAGE } from '../../src/history/version-log.ts';
import { deltaOf, documentOf, INDEX_PATH } from '../deltas.ts';
import { NOW_MS } from '../publisher.ts';
import { keysOf } from '../reference.ts';
import { contentAt, contentOf, HOUR_MS, oldTimes, type OldTimes } from './old-times.ts';

const documents = [1, 2, 3].map((id) => documentOf(id));

const threeVersions = async (): Promise<OldTimes> => {
  const times = oldTimes();
  await times.publish([deltaOf(0, documents.slice(0, 2))]);
  times.pass(HOUR_MS);
  await times.publish([deltaOf(1, [documentOf(1, { sequence: 2 })])]);
  times.pass(HOUR_MS);
  await times.publish([deltaOf(2, [documentOf(3), documentOf(2, { sequence: 2, deleted: true })])]);
  return times;
};

describe('the versions of an index', () => {
  it('are listed newest first, with what they hold and when they were current', async () => {
    const { store } = await threeVersions();
    expect(await readVersions(store, INDEX_PATH)).toMatchObject([
      { version: 3, documents: 2, state: 'current', createdAt: '2026-01-01T02:00:00.000Z' },
      { version: 2, documents: 2, state: 'kept', supersededAt: '2026-01-01T02:00:00.000Z' },
      { version: 1, documents: 2, state: 'kept', supersededAt: '2026-01-01T01:00:00.000Z' },
    ]);
    expect(await readVersions(store, 'indexes/other/model=m/dims=8/')).toEqual([]);
  });

  it('leave out what was written and never committed', async () => {
    const times = await threeVersions();
    const delta = deltaOf(9, [documentOf(9)]);
    const isLost = new Error('the lease is lost');
    const options = {
      ...times.writer(),
      choose: async () => [{ ...delta, key: 'k' }],
      loadDelta: async () => delta,
    };
    await expect(
      publish({
        ...options,
        checkLease: () => {
          throw isLost;
        },
      }),
    ).rejects.toBe(isLost);
    expect(await keysOf(times.store, `${INDEX_PATH}manifests/`)).toHaveLength(4);
    expect((await readVersions(times.store, INDEX_PATH)).map(({ version }) => version)).toEqual([3, 2, 1]);
  });

  it('go back as far as there are any, over pages of the log', async () => {
    const times = oldTimes();
    const all = 2 * VERSIONS_A_PAGE + 3;
    for (let part = 0; part < all; part += 1)
      await times.publish([deltaOf(part, [documentOf(part % 5, { sequence: part })])]);
    const versions = await readVersions(times.store, INDEX_PATH);
    expect(versions.map(({ version }) => version)).toEqual(
      Array.from({ length: all }, (_, index) => all - index),
    );
    expect(await keysOf(times.store, `${INDEX_PATH}history/`)).toHaveLength(2);
    expect((await openSnapshot(times.store, INDEX_PATH, { asOf: 1 }))?.version).toBe(1);
  });
});

describe('asOf', () => {
  it.each([
    [1, 1],
    ['2', 2],
    ['2026-01-01T01:59:59Z', 2],
    ['2026-01-01T01:00:00', 2],
    ['2026-01-01T03:00:00+01:00', 3],
    ['2026-01-02', 3],
  ])('%j is version %i', async (asOf, version) => {
    const { store } = await threeVersions();
    expect(await resolveVersion(store, INDEX_PATH, asOf)).toMatchObject({ version });
  });

  it.each([
    [4, 'VERSION_UNKNOWN', 'the newest version is 3'],
    [0, 'VERSION_UNKNOWN', 'version 0'],
    ['2025-12-31', 'VERSION_UNKNOWN', 'never had the version of 2025-12-31'],
    ['yesterday', 'TAG_UNKNOWN', '"yesterday"'],
    ['2026-13-01', 'AS_OF_INVALID', '2026-13-01'],
  ])('%j is refused: %s', async (asOf, code, message) => {
    const { store } = await threeVersions();
    await expect(openSnapshot(store, INDEX_PATH, { asOf })).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    });
  });

  it('answers with the content of the version, never with what HEAD carries', async () => {
    const { store } = await threeVersions();
    const [first, second] = [documents.slice(0, 2), [documentOf(1, { sequence: 2 }), documents[1]!]];
    expect(await contentAt(store, 1)).toEqual(contentOf(first));
    expect(await contentAt(store, 2)).toEqual(contentOf(second));
    const past = await openSnapshot(store, INDEX_PATH, { asOf: 1 });
    expect(past?.describe()).toMatchObject({ version: 1, documents: 2, chunks: 4 });
    const { hits } = await past!.search({ text: 'river stone 2', k: 10, mode: 'lexical' });
    expect(hits.map(({ entityId }) => entityId)).toContain('2');
  });

  it('shares what is read with a snapshot that is open', async () => {
    const { store } = await threeVersions();
    const previous = await openSnapshot(store, INDEX_PATH);
    const past = await openSnapshot(store, INDEX_PATH, { asOf: 2, ...(previous && { previous }) });
    expect(past?.cache).toBe(previous?.cache);
    const again = await openSnapshot(store, INDEX_PATH, { ...(past && { previous: past }) });
    expect(again?.version).toBe(3);
  });

  it('says that an object is gone rather than answering with another version', async () => {
    const { store } = await threeVersions();
    const past = await openSnapshot(store, INDEX_PATH, { asOf: 1 });
    for (const key of await keysOf(store, `${INDEX_PATH}segments/`)) await store.delete(key);
    await expect(past!.search({ text: 'stone', k: 1, mode: 'lexical' })).rejects.toMatchObject({
      code: 'OBJECT_MISSING',
    });
  });

  it('names the oldest version that is kept when one has expired', async () => {
    const { store } = await threeVersions();
    const [, , first] = await readVersions(store, INDEX_PATH);
    await store.delete(first!.manifestKey);
    for (const asOf of [1, '2026-01-01T00:30:00Z'])
      await expect(openSnapshot(store, INDEX_PATH, { asOf })).rejects.toMatchObject({
        code: 'VERSION_EXPIRED',
        message: expect.stringContaining('the oldest version that is kept is 2 of 2026-01-01T01:00:00.000Z'),
        details: { oldest: 2 },
      });
  });

  it('is verified as HEAD is, object by object', async () => {
    const { store } = await threeVersions();
    const seen: string[] = [];
    const report = await verifySnapshot(store, INDEX_PATH, {
      asOf: 2,
      onProgress: (done, total) => seen.push(`${done}/${total}`),
    });
    expect(report).toMatchObject({ version: 2, problems: [], counts: { documents: 2 } });
    expect(seen.at(-1)).toBe(`${seen.length}/${seen.length}`);
  });
});

describe('a tag', () => {
  const tag = async ({ store, nowMs }: OldTimes, name: string, asOf: number) =>
    tagVersion(store, INDEX_PATH, { name, version: await resolveVersion(store, INDEX_PATH, asOf), nowMs });

  it('names a version until it is taken away', async () => {
    const times = await threeVersions();
    await tag(times, 'before-import', 2);
    expect(await openSnapshot(times.store, INDEX_PATH, { asOf: 'before-import' })).toMatchObject({
      version: 2,
    });
    expect(await listTags(times.store, INDEX_PATH)).toMatchObject([{ name: 'before-import', version: 2 }]);
    await expect(tag(times, 'before-import', 1)).rejects.toMatchObject({ code: 'TAG_EXISTS' });
    await removeTag(times.store, INDEX_PATH, 'before-import');
    await expect(removeTag(times.store, INDEX_PATH, 'before-import')).rejects.toMatchObject({
      code: 'TAG_UNKNOWN',
    });
  });

  it.each(['7', '2026-01-01', 'Before', 'a b', ''])('cannot be called %j', async (name) => {
    await expect(tag(await threeVersions(), name, 1)).rejects.toMatchObject({ code: 'AS_OF_INVALID' });
  });

  it('is not given to a version that is about to be deleted', async () => {
    const times = await threeVersions();
    const version = await resolveVersion(times.store, INDEX_PATH, 1);
    const marks = {
      format: 'garbage-marks.v1',
      markId: 'M1',
      kind: 'unreferenced',
      markedAt: new Date(NOW_MS).toISOString(),
      candidates: [{ key: version.manifestKey, sizeBytes: 1 }],
    };
    await times.store.put(`${INDEX_PATH}gc/marks/M1.json`, Buffer.from(JSON.stringify(marks)));
    await expect(tag(times, 'late', 1)).rejects.toMatchObject({
      code: 'VERSION_EXPIRED',
      details: { oldest: 2 },
    });
    expect(await listTags(times.store, INDEX_PATH)).toEqual([]);
  });
});

describe('the difference of two versions', () => {
  it('counts and names what was added, changed and deleted', async () => {
    const { store } = await threeVersions();
    expect(await diffVersions(store, INDEX_PATH, { from: 1, to: 3 })).toMatchObject({
      from: 1,
      to: 3,
      added: { count: 1, ids: ['files/page#3'] },
      changed: { count: 1, ids: ['files/page#1'] },
      deleted: { count: 1, ids: ['files/page#2'] },
    });
    expect(await diffVersions(store, INDEX_PATH, { from: 3, to: 1 })).toMatchObject({
      added: { ids: ['files/page#2'] },
      deleted: { ids: ['files/page#3'] },
    });
  });

  it('reads nothing of what both versions share, and bounds the ids', async () => {
    const times = oldTimes();
    await times.publish([deltaOf(0, documents)]);
    const more = Array.from({ length: 9 }, (_, index) => documentOf(100 + index));
    await times.publish([deltaOf(1, more)]);
    const diff = await diffVersions(times.store, INDEX_PATH, { from: 1, to: 2, limit: 4 });
    expect(diff).toMatchObject({
      added: { count: 9 },
      changed: { count: 0 },
      sharedSegments: 1,
      readSegments: 1,
    });
    expect(diff.added.ids).toHaveLength(4);
  });

  it('is nothing from a version to itself', async () => {
    const { store } = await threeVersions();
    expect(await diffVersions(store, INDEX_PATH, { from: 2, to: '2' })).toMatchObject({
      added: { count: 0 },
      changed: { count: 0 },
      deleted: { count: 0 },
      readSegments: 0,
    });
  });
});
