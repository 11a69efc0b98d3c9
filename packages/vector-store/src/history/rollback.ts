import {
  appliedLookup,
  parseApplied,
  withoutDeltas,
  type AppliedDeltas,
  type AppliedRun,
} from '../publish/applied-deltas.ts';
import type { Publisher } from '../publish/publish.ts';
import { EMPTY_SET_HASH } from '../publish/set-hash.ts';
import { jsonBytes, parseManifest, type Head, type Manifest } from '../snapshot/manifest.ts';
import { putImmutable, readImmutable } from '../store/immutable-objects.ts';
import { corruptObject } from '../store/store-errors.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { versionExpired, versionUnknown } from './history-errors.ts';
import { republish, type Claimed, type Planned } from './republish.ts';
import { findVersion, type AsOf } from './resolve-version.ts';
import { isLasting, readVersions, type KnownVersion } from './versions.ts';

export interface RollbackOptions extends Publisher {
  to: AsOf;
  /** For the record. */
  reason?: string;
}

/** What a rollback did; `isCommitted` is false when the version was current already. */
export interface Rollback {
  isCommitted: boolean;
  head: Head;
  from: number;
  to: number;
  /** The deltas that this rollback took out; they are refused as REVERTED from now on. */
  reverted: AppliedRun[];
  /** The deltas that an earlier rollback had taken out and this one brought back. */
  reapplied: AppliedRun[];
}

/** Deltas of both lists, an attempt of a run once. */
const joined = (left: readonly AppliedRun[], right: readonly AppliedRun[]): AppliedRun[] => {
  const runs = new Map<string, AppliedRun>();
  for (const run of [...left, ...right]) {
    const name = JSON.stringify([run.runId, run.attempt]);
    const known = runs.get(name);
    const ids = new Set(known?.parts.map(({ deltaId }) => deltaId));
    const parts = [...(known?.parts ?? []), ...run.parts.filter(({ deltaId }) => !ids.has(deltaId))];
    runs.set(name, { ...run, parts: parts.sort((one, other) => one.part - other.part) });
  }
  return [...runs.values()];
};

/** The deltas of the version that is gone back to, and which of today's are refused from then on. */
export const revertApplied = (
  now: AppliedDeltas,
  target: AppliedDeltas,
  nowMs: number,
): { applied: AppliedDeltas } & Pick<Rollback, 'reverted' | 'reapplied'> => {
  const stateOf = appliedLookup(target);
  const isInTarget = (ref: { runId: string; deltaId: string }): boolean => stateOf(ref) === 'applied';
  const reverted = withoutDeltas(now.runs, isInTarget).map((run) => ({ ...run, appliedAtMs: nowMs }));
  const before = now.reverted ?? [];
  const all = joined(withoutDeltas(before, isInTarget), reverted);
  const alive = new Set(target.runs.map(({ runId }) => runId));
  const expired = [...now.expired, ...target.expired].filter((runId) => !alive.has(runId));
  return {
    reverted,
    reapplied: withoutDeltas(before, (ref) => !isInTarget(ref)),
    applied: {
      format: 'applied-deltas.v1',
      runs: target.runs,
      expired: [...new Set(expired)].sort(),
      ...(all.length > 0 && { reverted: all }),
    },
  };
};

// Under the claim: whoever marks the version from now on reads a HEAD that has it.
const lastingTarget = async ({ store, indexPath, to }: RollbackOptions): Promise<KnownVersion> => {
  const versions = await readVersions(store, indexPath);
  const target = findVersion(versions, indexPath, to);
  if (isLasting(target)) return target;
  throw versionExpired(indexPath, `version ${target.version}`, versions.findLast(isLasting));
};

const assertPresent = async (store: ObjectStore, indexPath: string, { index }: Manifest): Promise<void> => {
  const sizes = new Map<string, number>();
  for await (const { key, sizeBytes } of store.list(`${indexPath}segments/`)) sizes.set(key, sizeBytes);
  const lost = index.segments.find(({ key, sizeBytes }) => sizes.get(key) !== sizeBytes);
  if (lost)
    throw corruptObject('OBJECT_MISSING', `${lost.key} is named by a snapshot and is not as it was`, {
      key: lost.key,
    });
};

const NOTHING_WRITTEN = {
  segments: [],
  counts: { documents: 0, chunks: 0, tombstones: 0 },
  setHash: EMPTY_SET_HASH,
};

type Outcome = Pick<Rollback, 'to' | 'reverted' | 'reapplied'>;

const planTo = async (
  options: RollbackOptions,
  { old, nowMs }: Claimed,
): Promise<Outcome & { planned?: Planned }> => {
  const { store, indexPath } = options;
  const target = await lastingTarget(options);
  if (target.state === 'current') return { to: target.version, reverted: [], reapplied: [] };
  const { manifestKey: key, sha256 } = target;
  const manifest = parseManifest((await readImmutable(store, { key, sha256 })).body, key);
  await assertPresent(store, indexPath, manifest);
  const pointer = manifest.publish.applied;
  const before = parseApplied((await readImmutable(store, pointer)).body, pointer.key);
  const { applied, reverted, reapplied } = revertApplied(old.applied, before, nowMs);
  const { counts, setHash } = manifest.publish;
  const merged = { segments: manifest.index.segments, counts, setHash, written: NOTHING_WRITTEN };
  const change = { kind: 'rollback' as const, version: target.version };
  return { to: target.version, reverted, reapplied, planned: { merged, applied, change } };
};

/** Where the record of a rollback lies. */
export const rollbackKey = (
  indexPath: string,
  { version, publishId }: Pick<Head, 'version' | 'publishId'>,
): string => `${indexPath}rollbacks/${String(version).padStart(10, '0')}-${publishId}.json`;

const record = async (
  { store, indexPath, reason }: RollbackOptions,
  { head, from, to, reverted }: Rollback,
): Promise<void> => {
  const { version, publishId, createdAt } = head;
  const facts = { format: 'rollback.v1', version, publishId, from, to, createdAt, reverted };
  const body = jsonBytes({ ...facts, ...(reason !== undefined && { reason }) });
  await putImmutable(store, rollbackKey(indexPath, head), body, 'application/json');
};

/**
 * Publishes a new version with the content of an older one; HEAD never moves backwards. What was applied since is taken out and refused
 * as REVERTED when it comes again, until `unrevert` lets it in. Errors: VERSION_EXPIRED (also for a version that garbage collection is
 * about to delete), VERSION_UNKNOWN, TAG_UNKNOWN, AS_OF_INVALID, OBJECT_MISSING, those of `publish`.
 */
export const rollback = async (options: RollbackOptions): Promise<Rollback> => {
  let outcome: Outcome & { from: number } = { to: 0, from: 0, reverted: [], reapplied: [] };
  const result = await republish(options, async (state) => {
    const { planned, ...rest } = await planTo(options, state);
    outcome = { ...rest, from: state.claimed.head.version };
    return planned;
  });
  if (result === undefined) throw versionUnknown(options.indexPath, `version ${options.to}`);
  const done: Rollback = { ...result, ...outcome };
  if (done.isCommitted) await record(options, done);
  return done;
};
