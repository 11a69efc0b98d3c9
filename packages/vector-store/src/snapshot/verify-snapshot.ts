import { isPipelineError } from '@alluvium/contracts';
import { parseApplied } from '../publish/applied-deltas.ts';
import { readHead } from './head-object.ts';
import { readImmutable } from '../store/immutable-objects.ts';
import { parseManifest, type Head, type Manifest } from './manifest.ts';
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

interface Walk {
  store: ObjectStore;
  report: VerificationReport;
}

// One broken object must not hide the others.
const check = async ({ report }: Walk, key: string, step: () => Promise<number>): Promise<void> => {
  try {
    report.sizeBytes += await step();
    report.objects += 1;
  } catch (error) {
    if (!isPipelineError(error) || error.kind === 'unavailable') throw error;
    report.problems.push({ key, code: error.code, message: error.message });
  }
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

/**
 * Reads every object of the current snapshot and checks sha256, sizes, checksums, counts and setHash.
 * `undefined` where nothing was published. Errors: STORE_UNAVAILABLE, HEAD_CORRUPT.
 */
export const verifySnapshot = async (
  store: ObjectStore,
  indexPath: string,
): Promise<VerificationReport | undefined> => {
  const current = await readHead(store, indexPath);
  if (!current || current.head.version === 0) return undefined;
  const { counts, setHash }: Tally = newTally();
  const report: VerificationReport = {
    indexPath,
    version: current.head.version,
    objects: 0,
    sizeBytes: 0,
    counts,
    setHash: setHash.toString(),
    problems: [],
  };
  const walk = { store, report };
  const manifest = await readManifest(walk, current.head);
  if (manifest) await verifyManifest(walk, current.head, manifest);
  return report;
};
