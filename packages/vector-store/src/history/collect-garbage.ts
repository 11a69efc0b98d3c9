import type { Publisher } from '../publish/publish.ts';
import { garbagePrefix } from '../snapshot/index-paths.ts';
import { jsonBytes } from '../snapshot/manifest.ts';
import { putImmutable } from '../store/immutable-objects.ts';
import { keepsVersions, type ListedObject, type ListedVersion } from '../store/object-store.ts';
import { bucketTime } from './bucket-time.ts';
import { closureOf } from './closure.ts';
import { readMarks, writeMarks, type KeptMarks } from './garbage-marks.ts';
import { inBatches } from './in-batches.ts';
import { oldVersions } from './noncurrent.ts';
import { claimHead } from './republish.ts';
import { DEFAULT_RETENTION, keptVersions, type Retention } from './retention.ts';
import { sortObjects, tallyOf, type ObjectTally, type SortedObjects } from './sort-objects.ts';
import { readVersions, type KnownVersion } from './versions.ts';

const HOUR_MS = 3600 * 1000;

export interface GarbageOptions extends Publisher {
  /** Says what would be done and changes nothing. Default true. */
  dryRun?: boolean;
  retention?: Retention;
  /** Younger objects are never touched: a publish may be about to name them. Default 24 hours. */
  youngMs?: number;
  /** From being marked to being deleted. Default 24 hours. */
  graceMs?: number;
  /** Default 30 days; of HEAD 90. */
  noncurrentMs?: number;
  noncurrentHeadMs?: number;
}

/** `gc-report.v1` (schemas/objects). In a dry run `deleted` and `noncurrent` are what would be. */
export interface GarbageReport {
  format: 'gc-report.v1';
  gcId: string;
  indexPath: string;
  at: string;
  dryRun: boolean;
  head: number;
  /** Newest first. */
  keptVersions: number[];
  expiredVersions: number[];
  kept: ObjectTally;
  young: ObjectTally;
  marked: ObjectTally;
  deleted: ObjectTally;
  noncurrent: ObjectTally;
  unknown: ObjectTally;
  deletedKeys: string[];
  /** When the first of what is marked may be deleted, ISO 8601. */
  dueAt?: string;
}

/** What a cycle decided. */
interface Cycle {
  nowMs: number;
  versions: KnownVersion[];
  kept: KnownVersion[];
  sorted: SortedObjects;
  ripe: KeptMarks[];
  waiting: KeptMarks[];
  doomed: ListedObject[];
  /** Candidates that no mark names yet. */
  fresh: ListedObject[];
  noncurrent: ListedVersion[];
}

const settingsOf = (options: GarbageOptions) => ({
  retention: options.retention ?? DEFAULT_RETENTION,
  youngMs: options.youngMs ?? 24 * HOUR_MS,
  graceMs: options.graceMs ?? 24 * HOUR_MS,
  noncurrentMs: options.noncurrentMs ?? 30 * 24 * HOUR_MS,
  noncurrentHeadMs: options.noncurrentHeadMs ?? 90 * 24 * HOUR_MS,
});

type Settings = ReturnType<typeof settingsOf>;

// Manifests go first: a version that has lost its manifest is gone, one that has lost a segment is broken.
const manifestsFirst = (objects: readonly ListedObject[]): ListedObject[] => [
  ...objects.filter(({ key }) => key.includes('/manifests/')),
  ...objects.filter(({ key }) => !key.includes('/manifests/')),
];

const decide = async (
  { store, indexPath }: GarbageOptions,
  settings: Settings,
  { nowMs, marks }: { nowMs: number; marks: KeptMarks[] },
): Promise<Cycle> => {
  const versions = await readVersions(store, indexPath);
  const kept = keptVersions(versions, settings.retention, nowMs);
  const named = await closureOf(store, kept);
  const sorted = await sortObjects(store, indexPath, { named, nowMs, youngMs: settings.youngMs });
  const own = marks.filter(({ marks: { kind } }) => kind === 'unreferenced');
  const isRipe = ({ marks: { markedAt } }: KeptMarks): boolean =>
    Date.parse(markedAt) + settings.graceMs <= nowMs;
  const [ripe, waiting] = [own.filter(isRipe), own.filter((kept) => !isRipe(kept))];
  const keysOf = (some: KeptMarks[]): Set<string> =>
    new Set(some.flatMap(({ marks: { candidates } }) => candidates.map(({ key }) => key)));
  const [ripeKeys, waitingKeys] = [keysOf(ripe), keysOf(waiting)];
  const isDoomed = ({ key }: ListedObject): boolean => ripeKeys.has(key);
  return {
    nowMs,
    versions,
    kept,
    sorted,
    ripe,
    waiting,
    doomed: manifestsFirst(sorted.candidates.filter(isDoomed)),
    fresh: sorted.candidates.filter((object) => !isDoomed(object) && !waitingKeys.has(object.key)),
    noncurrent: await oldVersions(store, indexPath, { ...settings, nowMs }),
  };
};

const sweep = async (options: GarbageOptions, { doomed, noncurrent }: Cycle): Promise<void> => {
  const { store, checkLease } = options;
  const manifests = doomed.filter(({ key }) => key.includes('/manifests/'));
  for (const some of [manifests, doomed.slice(manifests.length)])
    await inBatches(some, async ({ key }) => {
      await checkLease();
      await store.delete(key);
    });
  if (!keepsVersions(store)) return;
  // Without its marker a deleted object would be there again as long as versions are behind it.
  for (const isMarker of [false, true])
    await inBatches(
      noncurrent.filter(({ isDeleteMarker, isLatest }) => (isDeleteMarker && isLatest) === isMarker),
      async ({ key, versionId }) => {
        await checkLease();
        await store.deleteVersion(key, versionId);
      },
    );
};

const reportOf = (
  { indexPath, dryRun = true }: GarbageOptions,
  { graceMs }: Settings,
  gcId: string,
  cycle: Cycle,
): GarbageReport => {
  const { nowMs, versions, kept, sorted, waiting, doomed, fresh } = cycle;
  const doomedKeys = new Set(doomed.map(({ key }) => key));
  const marked = sorted.candidates.filter(({ key }) => !doomedKeys.has(key));
  const since = [
    ...waiting.map(({ marks }) => Date.parse(marks.markedAt)),
    ...(fresh.length > 0 ? [nowMs] : []),
  ];
  return {
    format: 'gc-report.v1',
    gcId,
    indexPath,
    at: new Date(nowMs).toISOString(),
    dryRun,
    head: versions[0]?.version ?? 0,
    keptVersions: kept.map(({ version }) => version),
    expiredVersions: versions
      .filter((version) => version.state !== 'expired' && !kept.includes(version))
      .map(({ version }) => version),
    kept: sorted.kept,
    young: sorted.young,
    marked: tallyOf(marked),
    deleted: tallyOf(doomed),
    noncurrent: tallyOf(cycle.noncurrent),
    unknown: sorted.unknown,
    deletedKeys: doomed.map(({ key }) => key),
    ...(marked.length > 0 &&
      since.length > 0 && { dueAt: new Date(Math.min(...since) + graceMs).toISOString() }),
  };
};

// The order matters: a new mark lies there before an old one goes, so that at no time something is deleted that no mark names.
const keepBooks = async (options: GarbageOptions, cycle: Cycle, report: GarbageReport): Promise<void> => {
  const { store, indexPath } = options;
  const { gcId } = report;
  const key = `${garbagePrefix(indexPath)}reports/${gcId}.json`;
  await putImmutable(store, key, jsonBytes(report), 'application/json');
  if (cycle.fresh.length > 0) {
    const candidates = cycle.fresh.map(({ key, sizeBytes }) => ({ key, sizeBytes }));
    await writeMarks(store, indexPath, {
      markId: gcId,
      kind: 'unreferenced',
      markedAt: report.at,
      candidates,
    });
  }
  await inBatches(cycle.ripe, (marks) => store.delete(marks.key));
};

/**
 * One cycle of garbage collection, under the lease of the index: marks what no kept version needs, and deletes what an earlier cycle
 * marked at least `graceMs` ago and is still not needed. Before it deletes it claims HEAD: a publish or a rollback that began before the
 * marks were there, and so could not know them, can no longer commit; one that begins later reads them. Names of deleted objects never
 * come back, so a deletion that arrives late deletes nothing else. Undefined where there is no index.
 * Errors: FENCED, LEASE_LOST, PUBLISH_CONFLICT, and everything that keeps it from knowing what is needed (OBJECT_MISSING,
 * MANIFEST_CORRUPT and so on): then nothing is deleted. Run it again: what was deleted stays deleted, the rest is decided anew.
 */
export const collectGarbage = async (options: GarbageOptions): Promise<GarbageReport | undefined> => {
  const { store, indexPath, clock, newId, dryRun = true } = options;
  const settings = settingsOf(options);
  const marks = await readMarks(store, indexPath);
  // The marks are read before the claim: those of a cycle that the claim shuts out are not acted upon.
  if (!dryRun && (await claimHead(options)) === undefined) return undefined;
  const nowMs = dryRun ? clock.nowMs() : await bucketTime(store, indexPath);
  const cycle = await decide(options, settings, { nowMs, marks });
  if (cycle.versions.length === 0) return undefined;
  const report = reportOf(options, settings, newId(), cycle);
  if (dryRun) return report;
  await options.checkLease();
  await sweep(options, cycle);
  await keepBooks(options, cycle, report);
  return report;
};
