import { describe, expect, it } from '@jest/globals';
import {
  eraseDocuments,
  documentsMatching,
  publish,
  readVersions,
  resolveVersion,
  tagVersion,
  verifySnapshot,
  type VersionedObjectStore,
} from '../../src/index.ts';
import { deltaOf, documentOf, INDEX_PATH } from '../deltas.ts';
import { committed } from '../publisher.ts';
import { keysOf } from '../reference.ts';
import { mortalStore } from './mortal-store.ts';
import { contentAt, oldTimes, type OldTimes } from './old-times.ts';

const SECRET = 'peregrine';
const secret = (sequence: number) => {
  const document = documentOf(7, {
    sequence,
    title: `About ${SECRET} ${sequence}`,
    attributes: { who: SECRET },
  });
  return {
    ...document,
    chunks: document.chunks.map((chunk) => ({ ...chunk, text: `${chunk.text} ${SECRET}` })),
  };
};

/** Every byte of every version of every object. */
const keysWith = async (store: VersionedObjectStore, text: string): Promise<string[]> => {
  const found: string[] = [];
  for await (const { key, versionId, isDeleteMarker } of store.listVersions('')) {
    if (isDeleteMarker) continue;
    const object = await store.get(key, { versionId });
    if (object !== undefined && object !== 'not-modified' && Buffer.from(object.body).includes(text))
      found.push(key);
  }
  return found;
};

/** It lives in version 4, is dead in a segment that is shared, and lies in one that was never committed. */
const world = async (): Promise<OldTimes> => {
  const times = oldTimes();
  await times.publish([
    deltaOf(
      0,
      [1, 2, 3, 4, 5, 6].map((id) => documentOf(id)),
    ),
  ]);
  times.pass(60_000);
  await times.publish([deltaOf(1, [secret(1), ...[11, 12, 13, 14, 15, 16].map((id) => documentOf(id))])]);
  times.pass(60_000);
  await times.publish([deltaOf(2, [secret(2), ...[21, 22].map((id) => documentOf(id))])]);
  times.pass(60_000);
  const version = await resolveVersion(times.store, INDEX_PATH, 2);
  await tagVersion(times.store, INDEX_PATH, { name: 'with-secret', version, nowMs: times.nowMs });
  const delta = deltaOf(8, [secret(3)]);
  const checkLease = (): never => {
    throw new Error('killed');
  };
  const options = {
    ...times.writer(),
    choose: async () => [{ ...delta, key: 'k' }],
    loadDelta: async () => delta,
  };
  await expect(publish({ ...options, checkLease })).rejects.toThrow('killed');
  await times.publish([deltaOf(3, [documentOf(9)])]);
  return times;
};

const erase = (times: OldTimes) => {
  times.fence += 1;
  return eraseDocuments({ ...times.writer(), documentIds: ['files/page#7'] });
};

describe('an erasure', () => {
  it('leaves nothing of the document in any version of any object, and everything of the others', async () => {
    const times = await world();
    const before = await contentAt(times.store);
    expect((await keysWith(times.store, SECRET)).length).toBeGreaterThan(3);
    const report = await erase(times);
    expect(await keysWith(times.store, SECRET)).toEqual([]);
    const { 'files/page#7': _, ...others } = before;
    expect(await contentAt(times.store)).toEqual(others);
    expect(await verifySnapshot(times.store, INDEX_PATH)).toMatchObject({ version: 5, problems: [] });
    expect(report).toMatchObject({
      documentIds: ['files/page#7'],
      headVersion: 5,
      versionsDropped: [4, 3, 2],
      tagsDropped: ['with-secret'],
      proof: { found: 0 },
      notCovered: expect.arrayContaining(['raw/docs/']),
    });
    expect(report.deleted.objects).toBeGreaterThanOrEqual(6);
    expect(report.proof.records).toBeGreaterThan(10);
  });

  it('drops the versions that held it and keeps the others', async () => {
    const times = await world();
    await erase(times);
    expect(
      (await readVersions(times.store, INDEX_PATH)).map(({ version, state }) => `${version} ${state}`),
    ).toEqual(['5 current', '4 expired', '3 expired', '2 expired', '1 kept']);
    expect(await verifySnapshot(times.store, INDEX_PATH, { asOf: 1 })).toMatchObject({ problems: [] });
    await expect(contentAt(times.store, 3)).rejects.toMatchObject({ code: 'VERSION_EXPIRED' });
  });

  it('is not undone by a delta that was on its way, but by a newer revision', async () => {
    const times = await world();
    await erase(times);
    const late = { ...secret(2), revision: { ...secret(2).revision, contentHash: 'fffe' } };
    await committed(times.store, [deltaOf(20, [late])], { fence: times.fence });
    expect(await keysWith(times.store, SECRET)).toEqual([]);
    await committed(times.store, [deltaOf(21, [secret(3)])], { fence: times.fence });
    expect(Object.keys(await contentAt(times.store))).toContain('files/page#7');
  });

  it('finds nothing to do the second time', async () => {
    const times = await world();
    await erase(times);
    const segments = await keysOf(times.store, `${INDEX_PATH}segments/`);
    expect(await erase(times)).toMatchObject({ rewritten: [], deleted: { objects: 0 }, versionsDropped: [] });
    expect(await keysOf(times.store, `${INDEX_PATH}segments/`)).toEqual(segments);
    expect(await keysOf(times.store, `${INDEX_PATH}gc/marks/`)).toEqual([]);
  });

  it('is ended by the next one when it dies, wherever it does', async () => {
    const counted = await world();
    const mortal = mortalStore(counted.store);
    counted.store = mortal.store;
    await erase(counted);
    for (let atCall = 1; atCall <= mortal.calls(); atCall += 1) {
      const times = await world();
      const { store } = times;
      times.store = mortalStore(store, { atCall, when: atCall % 2 === 0 ? 'before' : 'after' }).store;
      await expect(erase(times)).rejects.toThrow('killed');
      times.store = store;
      expect(await verifySnapshot(store, INDEX_PATH)).toMatchObject({ problems: [] });
      await erase(times);
      expect([atCall, await keysWith(store, SECRET)]).toEqual([atCall, []]);
      expect(await verifySnapshot(store, INDEX_PATH)).toMatchObject({ problems: [] });
    }
  });

  it('says so when a publish brought the document back meanwhile', async () => {
    const times = await world();
    let looks = 0;
    const store: VersionedObjectStore = {
      ...times.store,
      deleteVersion: async (key, versionId) => {
        if ((looks += 1) === 1)
          await committed(times.store, [deltaOf(30, [secret(9)])], { fence: times.fence });
        return times.store.deleteVersion(key, versionId);
      },
    };
    times.fence += 1;
    const going = eraseDocuments({ ...times.writer(), store, documentIds: ['files/page#7'] });
    await expect(going).rejects.toMatchObject({ code: 'ERASE_INCOMPLETE' });
    expect(await erase(times)).toMatchObject({ proof: { found: 0 } });
    expect(await keysWith(times.store, SECRET)).toEqual([]);
  });
});

describe('documents that are sought', () => {
  it('are found in every segment, those that no version names among them', async () => {
    const { store } = await world();
    const secretOnes = await documentsMatching(
      store,
      INDEX_PATH,
      ({ attributes }) => attributes['who'] === SECRET,
    );
    expect(secretOnes).toEqual([documentOf(7).documentId]);
    expect(await documentsMatching(store, INDEX_PATH, ({ source }) => source === 'nowhere')).toEqual([]);
  });
});
