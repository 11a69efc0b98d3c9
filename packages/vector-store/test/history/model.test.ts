import { hasCode } from '@alluvium/contracts';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  collectGarbage,
  foldDocuments,
  readVersions,
  removeTag,
  rollback,
  tagVersion,
  unrevert,
  verifySnapshot,
  type Delta,
  type KnownVersion,
  type Retention,
} from '../../src/index.ts';
import { arbitraryDocument, deltaOf, INDEX_PATH } from '../deltas.ts';
import { publishDeltas, refOf } from '../publisher.ts';
import { keysOf } from '../reference.ts';
import { contentAt, contentOf, DAY_MS, HOUR_MS, oldTimes, type OldTimes } from './old-times.ts';

const RETENTION: Retention = { newest: 2, allForMs: DAY_MS, dailyForMs: 3 * DAY_MS };
const GARBAGE = { dryRun: false, retention: RETENTION, youngMs: HOUR_MS, graceMs: 6 * HOUR_MS };

type Step =
  | { kind: 'publish'; deltas: number[] }
  | { kind: 'rollback'; which: number }
  | { kind: 'tag'; which: number }
  | { kind: 'untag'; which: number }
  | { kind: 'unrevert' }
  | { kind: 'collect' }
  | { kind: 'pass'; hours: number };

const which = fc.nat({ max: 20 });
const arbitraryStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('publish' as const),
      deltas: fc.array(fc.nat({ max: 19 }), { minLength: 1, maxLength: 3 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('rollback' as const), which }) },
  {
    weight: 1,
    arbitrary: fc.oneof(
      fc.record({ kind: fc.constant('tag' as const), which }),
      fc.record({ kind: fc.constant('untag' as const), which }),
    ),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('unrevert' as const) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('collect' as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('pass' as const), hours: fc.integer({ min: 1, max: 30 }) }),
  },
);

/** The same by plain sets: which deltas each version holds. */
class Model {
  readonly deltas: Delta[];
  readonly versions = new Map<number, ReadonlySet<Delta>>();
  reverted: ReadonlySet<Delta> = new Set();
  version = 0;

  constructor(deltas: Delta[]) {
    this.deltas = deltas;
  }

  get applied(): ReadonlySet<Delta> {
    return this.versions.get(this.version) ?? new Set();
  }

  commit(applied: ReadonlySet<Delta>, reverted: ReadonlySet<Delta>): void {
    this.version += 1;
    this.versions.set(this.version, applied);
    this.reverted = reverted;
  }

  publish(deltas: readonly Delta[]): boolean {
    const fresh = deltas.filter((delta) => !this.applied.has(delta) && !this.reverted.has(delta));
    if (fresh.length > 0) this.commit(new Set([...this.applied, ...fresh]), this.reverted);
    return fresh.length > 0;
  }

  rollback(to: number): void {
    if (to === this.version) return;
    const target = this.versions.get(to) ?? new Set();
    const gone = [...this.applied, ...this.reverted].filter((delta) => !target.has(delta));
    this.commit(target, new Set(gone));
  }

  unrevert(): boolean {
    const isAny = this.reverted.size > 0;
    if (isAny) this.commit(new Set([...this.applied, ...this.reverted]), new Set());
    return isAny;
  }

  contentOf(version: number): Record<string, string> {
    const documents = [...(this.versions.get(version) ?? [])].flatMap((delta) => delta.documents);
    return contentOf(foldDocuments(documents).values());
  }
}

const isLasting = ({ state }: KnownVersion): boolean => state === 'current' || state === 'kept';

/** By asking every hour of the past who was current then. */
const mustBeThere = (versions: KnownVersion[], nowMs: number): number[] => {
  const currentAt = (timeMs: number) =>
    versions.find(({ createdAt }) => Date.parse(createdAt) <= timeMs)?.version;
  const hours = Array.from({ length: 24 }, (_, hour) => currentAt(nowMs - hour * HOUR_MS));
  const midnight = Math.floor(nowMs / DAY_MS) * DAY_MS;
  const days = [0, 1, 2].map((day) => currentAt(midnight - day * DAY_MS));
  const newest = versions.slice(0, 3).map(({ version }) => version);
  const tagged = versions.filter(({ tags }) => tags.length > 0).map(({ version }) => version);
  return [...hours, ...days, ...newest, ...tagged].filter((version) => version !== undefined);
};

const assertVersions = async ({ store }: OldTimes, model: Model): Promise<void> => {
  for (const { version, state } of await readVersions(store, INDEX_PATH)) {
    if (state === 'expired') continue;
    expect([version, await contentAt(store, version)]).toEqual([version, model.contentOf(version)]);
    expect(await verifySnapshot(store, INDEX_PATH, { asOf: version })).toMatchObject({ problems: [] });
  }
};

const collect = async (times: OldTimes, model: Model): Promise<void> => {
  const before = await readVersions(times.store, INDEX_PATH);
  times.fence += 1;
  await collectGarbage({ ...times.writer(), ...GARBAGE });
  const after = await readVersions(times.store, INDEX_PATH);
  const lost = after.filter(
    ({ state, version }) =>
      state === 'expired' && before.find((old) => old.version === version)?.state !== 'expired',
  );
  const needed = mustBeThere(before, times.nowMs);
  expect(lost.map(({ version }) => version).filter((version) => needed.includes(version))).toEqual([]);
  await assertVersions(times, model);
};

const pick = async ({ store }: OldTimes, index: number): Promise<KnownVersion | undefined> => {
  const versions = await readVersions(store, INDEX_PATH);
  return versions[index % Math.max(1, versions.length)];
};

const goBack = async (times: OldTimes, model: Model, index: number): Promise<void> => {
  const target = await pick(times, index);
  if (!target) return;
  const going = rollback({ ...times.writer(), to: target.version });
  if (!isLasting(target)) {
    await expect(going).rejects.toMatchObject({ code: 'VERSION_EXPIRED' });
    return;
  }
  await going;
  model.rollback(target.version);
};

const name = async (times: OldTimes, index: number): Promise<void> => {
  const version = await pick(times, index);
  if (!version) return;
  await tagVersion(times.store, INDEX_PATH, { name: `tag-${index}`, version, nowMs: times.nowMs }).catch(
    (error: unknown) => {
      if (!hasCode(error, 'TAG_EXISTS') && isLasting(version)) throw error;
    },
  );
};

const letIn = async (times: OldTimes, model: Model): Promise<void> => {
  if (model.version === 0) return;
  const byId = new Map(model.deltas.map((delta) => [delta.deltaId, delta]));
  const { isCommitted } = await unrevert({
    ...times.writer(),
    locate: async (runs) =>
      runs.flatMap(({ parts }) => parts.map(({ deltaId }) => refOf(byId.get(deltaId)!))),
    loadDelta: async ({ deltaId }) => byId.get(deltaId)!,
  });
  expect(isCommitted).toBe(model.unrevert());
};

const publishSome = async (times: OldTimes, model: Model, indices: number[]): Promise<void> => {
  const deltas = [...new Set(indices.map((index) => model.deltas[index % model.deltas.length]!))];
  const refused = deltas.filter((delta) => model.reverted.has(delta)).map(({ deltaId }) => deltaId);
  const result = await publishDeltas(times.store, deltas, { fence: times.fence, nowMs: times.nowMs });
  expect(result.kind).toBe(model.publish(deltas) ? 'committed' : 'nothing');
  expect(result.rejected.map(({ ref, reason }) => [ref.deltaId, reason]).sort()).toEqual(
    refused.map((deltaId) => [deltaId, 'REVERTED']).sort(),
  );
};

const play = async (times: OldTimes, model: Model, step: Step): Promise<void> => {
  times.pass(60_000);
  switch (step.kind) {
    case 'publish':
      return publishSome(times, model, step.deltas);
    case 'rollback':
      return goBack(times, model, step.which);
    case 'tag':
      return name(times, step.which);
    case 'untag':
      return removeTag(times.store, INDEX_PATH, `tag-${step.which}`).catch(() => undefined);
    case 'unrevert':
      return letIn(times, model);
    case 'collect':
      return collect(times, model);
    case 'pass':
      times.pass(step.hours * HOUR_MS);
  }
};

describe('any order of publishes, rollbacks, tags and garbage collections', () => {
  it('leaves every version that is kept as it was, and nothing that is not needed', async () => {
    const arbitraryDeltas = fc.array(fc.array(arbitraryDocument, { minLength: 1, maxLength: 3 }), {
      minLength: 20,
      maxLength: 20,
    });
    await fc.assert(
      fc.asyncProperty(
        arbitraryDeltas,
        fc.array(arbitraryStep, { minLength: 10, maxLength: 40 }),
        async (documents, steps) => {
          const times = oldTimes();
          const model = new Model(documents.map((some, part) => deltaOf(part, some)));
          for (const step of steps) await play(times, model, step);
          await assertVersions(times, model);
          const garbage = { ...GARBAGE, retention: { newest: 0, allForMs: 0, dailyForMs: 0 } };
          for (let cycle = 0; cycle < 2; cycle += 1) {
            times.pass(DAY_MS);
            await collectGarbage({ ...times.writer(), ...garbage });
          }
          await assertVersions(times, model);
          const left = await keysOf(times.store, `${INDEX_PATH}manifests/`);
          const lasting = (await readVersions(times.store, INDEX_PATH)).filter(
            ({ state }) => state !== 'expired',
          );
          expect(left.sort()).toEqual(lasting.map(({ manifestKey }) => manifestKey).sort());
        },
      ),
      { numRuns: 40 },
    );
  });
});
