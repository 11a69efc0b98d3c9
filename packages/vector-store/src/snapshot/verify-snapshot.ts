import { isPipelineError } from '@alluvium/contracts';
import { parseApplied } from '../publish/applied-deltas.ts';
import { resolveVersion, type AsOf } from '../history/resolve-version.ts';
import { readHead } from './head-object.ts';
import { readImmutable } from '../store/immutable-objects.ts';
import { headOf, parseManifest, type Head, type Manifest } from './manifest.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { newTally, tallyFault, tallySegment, type Tally } from '../segment/verify-segment.ts';

/** What verification found; the snapshot is sound when `problems` is empty. */
export interface VerificationReport {
  indexPath: string;
  version: number;
  objects: number;
  sizeBytes: number;
  /** Counted by reading, not taken from the manifest. */
  counts: Manifest['publish']['counts'];
  setHash: string;
  problems: { key: string; code: string; message: string }[];
}

/** How a snapshot is verified. */
export interface VerifyOptions {
  /** A version of the past instead of the current one. */
  asOf?: AsOf;
  /** Hears after every object how many of them were read. */
  onProgress?: (done: number, total: number) => void;
}

interface Walk extends Pick<VerifyOptions, 'onProgress'> {
  store: ObjectStore;
  report: VerificationReport;
  done: number;
  total: number;
}

// One broken object must not hide the others.
const check = async (walk: Walk, key: string, step: () => Promise<number>): Promise<void> => {
  const { report } = walk;
  try {
    report.sizeBytes += await step();
    report.objects += 1;
  } catch (error) {
    if (!isPipelineError(error) || error.kind === 'unavailable') throw error;
    report.problems.push({ key, code: error.code, message: error.message });
  }
  walk.done += 1;
  walk.onProgress?.(walk.done, walk.total);
};

const readManifest = async (walk: Walk, head: Head): Promise<Manifest | undefined> => {
  const { manifestKey: key, manifestSha256: sha256 } = head;
  if (key === undefined || sha256 === undefined) return undefined;
  let manifest: Manifest | undefined;
  await check(walk, key, async () => {
    const { body } = await readImmutable(walk.store, { key, sha256 });
    manifest = parseManifest(body, key);
    return body.length;
  });
  return manifest;
};

const verifyManifest = async (walk: Walk, head: Head, manifest: Manifest): Promise<void> => {
  const { store, report } = walk;
  const { applied } = manifest.publish;
  walk.total = 2 + manifest.index.segments.length;
  await check(walk, applied.key, async () => {
    parseApplied((await readImmutable(store, applied)).body, applied.key);
    return applied.sizeBytes;
  });
  const tally = newTally();
  const { dims } = manifest.index.model;
  for (const segment of manifest.index.segments)
    await check(walk, segment.key, async () => {
      await tallySegment(store, { descriptor: segment, dims }, tally);
      return segment.sizeBytes;
    });
  report.counts = tally.counts;
  report.setHash = tally.setHash.toString();
  for (const [key, expected] of [
    [head.manifestKey ?? '', manifest.publish],
    ['HEAD', head],
  ] as const) {
    const fault = tallyFault(tally, expected);
    if (fault !== undefined)
      report.problems.push({ key, code: 'COUNTS_MISMATCH', message: `The snapshot of ${key}: ${fault}` });
  }
};

const headAt = async (
  store: ObjectStore,
  indexPath: string,
  asOf: AsOf | undefined,
): Promise<Head | undefined> => {
  if (asOf === undefined) return (await readHead(store, indexPath))?.head;
  const { manifestKey: key, sha256 } = await resolveVersion(store, indexPath, asOf);
  return headOf(parseManifest((await readImmutable(store, { key, sha256 })).body, key), { key, sha256 });
};

/**
 * Reads every object of a snapshot and checks sha256, sizes, checksums, counts and setHash. `undefined` where nothing was published.
 * Errors: STORE_UNAVAILABLE, HEAD_CORRUPT; with `asOf` those of `resolveVersion`, and those of a manifest that cannot be read.
 */
export const verifySnapshot = async (
  store: ObjectStore,
  indexPath: string,
  { asOf, onProgress }: VerifyOptions = {},
): Promise<VerificationReport | undefined> => {
  const head = await headAt(store, indexPath, asOf);
  if (head === undefined || head.version === 0) return undefined;
  const { counts, setHash }: Tally = newTally();
  const report: VerificationReport = {
    indexPath,
    version: head.version,
    objects: 0,
    sizeBytes: 0,
    counts,
    setHash: setHash.toString(),
    problems: [],
  };
  const walk: Walk = { store, report, done: 0, total: 1, ...(onProgress !== undefined && { onProgress }) };
  const manifest = await readManifest(walk, head);
  if (manifest) await verifyManifest(walk, head, manifest);
  return report;
};
