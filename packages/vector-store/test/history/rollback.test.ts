import { describe, expect, it } from '@jest/globals';
import {
  readHead,
  readReverted,
  rollback,
  unrevert,
  verifySnapshot,
  type AppliedState,
} from '../../src/index.ts';
import { appliedLookup, parseApplied } from '../../src/publish/applied-deltas.ts';
import { parseManifest } from '../../src/snapshot/manifest.ts';
import { deltaOf, documentOf, INDEX_PATH } from '../deltas.ts';
import { committed, publishDeltas, refOf } from '../publisher.ts';
import { headOf, keysOf } from '../reference.ts';
import { contentAt, oldTimes, type OldTimes } from './old-times.ts';

const deltas = [
  deltaOf(0, [documentOf(1), documentOf(2)]),
  deltaOf(1, [documentOf(1, { sequence: 2 })]),
  deltaOf(2, [documentOf(2, { sequence: 2, deleted: true }), documentOf(3)]),
];

const threeVersions = async (): Promise<OldTimes> => {
  const times = oldTimes();
  for (const delta of deltas) {
    await times.publish([delta]);
    times.pass(60_000);
  }
  return times;
};

const textAt = async ({ store }: OldTimes, key: string): Promise<Uint8Array> => {
  const object = await store.get(key);
  if (object === undefined || object === 'not-modified') throw new Error(`${key} is not there`);
  return object.body;
};

const statesOf = async (times: OldTimes): Promise<AppliedState[]> => {
  const { manifestKey = '' } = (await headOf(times.store)) ?? {};
  const { applied } = parseManifest(await textAt(times, manifestKey), manifestKey).publish;
  const stateOf = appliedLookup(parseApplied(await textAt(times, applied.key), applied.key));
  return deltas.map(stateOf);
};

const letIn = (times: OldTimes, some = deltas) =>
  unrevert({
    ...times.writer(),
    locate: async (runs) =>
      some
        .filter(({ deltaId }) => runs.some(({ parts }) => parts.some((part) => part.deltaId === deltaId)))
        .map(refOf),
    loadDelta: async ({ deltaId }) => some.find((delta) => delta.deltaId === deltaId)!,
  });

describe('a rollback', () => {
  it('is a new version with the content of the old one; HEAD never moves backwards', async () => {
    const times = await threeVersions();
    const before = await headOf(times.store);
    const done = await rollback({ ...times.writer(), to: 1, reason: 'a wrong import' });
    expect(done).toMatchObject({ isCommitted: true, from: 3, to: 1, head: { version: 4 } });
    expect(done.head.recentPublishIds).toContain(before?.publishId);
    expect(await contentAt(times.store)).toEqual(await contentAt(times.store, 1));
    expect(await contentAt(times.store, 3)).not.toEqual(await contentAt(times.store, 1));
    expect(await verifySnapshot(times.store, INDEX_PATH)).toMatchObject({ version: 4, problems: [] });
    const [record] = await keysOf(times.store, `${INDEX_PATH}rollbacks/`);
    expect(JSON.parse(Buffer.from(await textAt(times, record!)).toString())).toMatchObject({
      from: 3,
      to: 1,
      reason: 'a wrong import',
      reverted: [{ parts: [{ part: 1 }, { part: 2 }] }],
    });
  });

  it('refuses what it took out when it comes again, whoever delivers it, and takes what is new', async () => {
    const times = await threeVersions();
    await rollback({ ...times.writer(), to: 1 });
    expect(await statesOf(times)).toEqual(['applied', 'reverted', 'reverted']);
    const replay = { ...deltas[1]!, attempt: 2 };
    const fresh = deltaOf(9, [documentOf(9)]);
    const result = await committed(times.store, [replay, deltas[2]!, fresh]);
    expect(result.applied).toEqual([refOf(fresh)]);
    expect(result.rejected.map(({ reason }) => reason)).toEqual(['REVERTED', 'REVERTED']);
    expect(Object.keys(await contentAt(times.store)).sort()).toEqual(
      [1, 2, 9].map((id) => `files/page#${id}`),
    );
    expect(await statesOf(times)).toEqual(['applied', 'reverted', 'reverted']);
  });

  it('is undone by one to the version before it', async () => {
    const times = await threeVersions();
    await rollback({ ...times.writer(), to: 1 });
    const done = await rollback({ ...times.writer(), to: 3 });
    expect(done).toMatchObject({ from: 4, to: 3, reverted: [] });
    expect(done.reapplied.flatMap(({ parts }) => parts.map(({ part }) => part))).toEqual([1, 2]);
    expect(await contentAt(times.store)).toEqual(await contentAt(times.store, 3));
    expect(await statesOf(times)).toEqual(['applied', 'applied', 'applied']);
  });

  it('to the current version does nothing', async () => {
    const times = await threeVersions();
    expect(await rollback({ ...times.writer(), to: 3 })).toMatchObject({
      isCommitted: false,
      from: 3,
      to: 3,
    });
    expect(await headOf(times.store)).toMatchObject({ version: 3 });
  });

  it('is fenced by a newer owner', async () => {
    const times = await threeVersions();
    await committed(times.store, [deltaOf(9, [documentOf(9)])], { fence: 7 });
    await expect(rollback({ ...times.writer(), to: 1 })).rejects.toMatchObject({ code: 'FENCED' });
  });

  it('does not lose a publish that came in between', async () => {
    const times = await threeVersions();
    let looks = 0;
    const checkLease = async (): Promise<void> => {
      if ((looks += 1) === 1) await times.publish([deltaOf(9, [documentOf(9)])]);
    };
    const done = await rollback({ ...times.writer(), to: 2, checkLease });
    expect(done).toMatchObject({ from: 4, to: 2, head: { version: 5 } });
    expect(done.reverted.flatMap(({ parts }) => parts.map(({ part }) => part))).toEqual([2, 9]);
  });

  it('is refused where an object of the version is lost', async () => {
    const times = await threeVersions();
    for (const key of await keysOf(times.store, `${INDEX_PATH}segments/`)) await times.store.delete(key);
    await expect(rollback({ ...times.writer(), to: 1 })).rejects.toMatchObject({ code: 'OBJECT_MISSING' });
    expect((await readHead(times.store, INDEX_PATH))?.head.version).toBe(3);
  });

  it('needs something that was published', async () => {
    await expect(rollback({ ...oldTimes().writer(), to: 1 })).rejects.toMatchObject({
      code: 'VERSION_UNKNOWN',
    });
  });
});

describe('what rollbacks took out', () => {
  const revertedParts = async (times: OldTimes): Promise<unknown> => {
    const known = await readReverted(times.store, INDEX_PATH);
    return [known?.head.version, known?.reverted.flatMap(({ parts }) => parts.map(({ part }) => part))];
  };

  it('is told by the current version, whichever version did it', async () => {
    const times = await threeVersions();
    expect(await revertedParts(times)).toEqual([3, []]);
    await rollback({ ...times.writer(), to: 2 });
    await times.publish([deltaOf(9, [documentOf(9)])]);
    expect(await revertedParts(times)).toEqual([5, [2]]);
    await rollback({ ...times.writer(), to: 1 });
    expect(await revertedParts(times)).toEqual([6, [1, 2, 9]]);
    await letIn(times, [deltas[2]!]);
    expect(await revertedParts(times)).toEqual([7, [1, 9]]);
  });

  it('is nothing before the first publish', async () => {
    expect(await readReverted(oldTimes().store, INDEX_PATH)).toBeUndefined();
  });
});

describe('unrevert', () => {
  it('lets in again what a rollback took out, and what came since stays', async () => {
    const times = await threeVersions();
    await rollback({ ...times.writer(), to: 1 });
    await times.publish([deltaOf(9, [documentOf(3, { sequence: 5 })])]);
    const done = await letIn(times);
    expect(done).toMatchObject({ isCommitted: true, head: { version: 6 }, rejected: [] });
    expect(await statesOf(times)).toEqual(['applied', 'applied', 'applied']);
    const content = await contentAt(times.store);
    expect(content['files/page#3']).toContain('revision 5');
    expect(content['files/page#2']).toBeUndefined();
    expect(content['files/page#1']).toContain('revision 2');
    expect(await verifySnapshot(times.store, INDEX_PATH)).toMatchObject({ problems: [] });
  });

  it('may let in some and leave the others out', async () => {
    const times = await threeVersions();
    await rollback({ ...times.writer(), to: 1 });
    await letIn(times, [deltas[2]!]);
    expect(await statesOf(times)).toEqual(['applied', 'reverted', 'applied']);
    expect(await publishDeltas(times.store, [deltas[1]!])).toMatchObject({
      rejected: [{ reason: 'REVERTED' }],
    });
  });

  it('does nothing when nothing is taken out', async () => {
    const times = await threeVersions();
    expect(await letIn(times)).toMatchObject({ isCommitted: false, applied: [], head: { version: 3 } });
  });
});
