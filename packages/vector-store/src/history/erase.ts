import { PipelineError } from '@alluvium/contracts';
import type { Publisher } from '../publish/publish.ts';
import { headKey, parseIndexPath } from '../snapshot/index-paths.ts';
import { jsonBytes, parseManifest } from '../snapshot/manifest.ts';
import { putImmutable } from '../store/immutable-objects.ts';
import { readObject, type ObjectStore } from '../store/object-store.ts';
import { bucketTime } from './bucket-time.ts';
import { deleteForGood, purgeNoncurrent } from './delete-for-good.ts';
import { findErased, type Finding, type IsErased } from './find-erased.ts';
import { readMarks, writeMarks } from './garbage-marks.ts';
import { versionUnknown } from './history-errors.ts';
import { inBatches } from './in-batches.ts';
import { republish, type Republished } from './republish.ts';
import { rewriteErased } from './rewrite-erased.ts';
import { tallyOf, type ObjectTally } from './sort-objects.ts';
import { listTags, removeTag } from './tags.ts';
import { readVersions } from './versions.ts';

export interface EraseOptions extends Publisher {
  documentIds: readonly string[];
  /** Prefixes that the report says were not touched; those of the stages before the index when not given. */
  notCovered?: readonly string[];
}

/** `erase-report.v1` (schemas/objects): what was done, and the search afterwards that found nothing. */
export interface EraseReport {
  format: 'erase-report.v1';
  eraseId: string;
  indexPath: string;
  at: string;
  fence: number;
  documentIds: string[];
  headVersion: number;
  rewritten: string[];
  examined: ObjectTally;
  deleted: ObjectTally;
  versionsDropped: number[];
  tagsDropped: string[];
  proof: { segments: number; records: number; found: number };
  notCovered: string[];
}

// Versions behind what is current: objects deleted earlier, and HEADs whose inline index says what attributes there were.
const PURGED = ['segments', 'manifests', 'intermediate'];

const STAGES = ['embeddings', 'chunks', 'derived', 'raw'];

/** What has to go. */
interface Doomed {
  manifests: { key: string; sizeBytes: number }[];
  segments: { key: string; sizeBytes: number }[];
  /** Committed versions among the manifests, newest first. */
  versions: number[];
}

// Manifests that were never committed count as well, and intermediate merges: nothing may name what goes.
const findDoomed = async (store: ObjectStore, indexPath: string, finding: Finding): Promise<Doomed> => {
  const doomed: Doomed = { manifests: [], segments: [], versions: [] };
  for (const [key, sizeBytes] of finding.segments) doomed.segments.push({ key, sizeBytes });
  for (const room of ['manifests', 'intermediate'])
    for await (const { key, sizeBytes } of store.list(`${indexPath}${room}/`)) {
      const object = await readObject(store, key);
      const { index } = object ? parseManifest(object.body, key) : { index: { segments: [] } };
      if (index.segments.some((segment) => finding.segments.has(segment.key)))
        doomed.manifests.push({ key, sizeBytes });
    }
  const keys = new Set(doomed.manifests.map(({ key }) => key));
  const versions = await readVersions(store, indexPath);
  doomed.versions.push(
    ...versions.filter(({ manifestKey }) => keys.has(manifestKey)).map(({ version }) => version),
  );
  return doomed;
};

const deleteDoomed = async (options: EraseOptions, { manifests, segments }: Doomed): Promise<string[]> => {
  const { store, indexPath, checkLease } = options;
  const keys = new Set(manifests.map(({ key }) => key));
  const tags = (await listTags(store, indexPath)).filter(({ manifestKey }) => keys.has(manifestKey));
  for (const { name } of tags) await removeTag(store, indexPath, name);
  for (const some of [manifests, segments])
    await inBatches(some, async ({ key }) => {
      await checkLease();
      await deleteForGood(store, key);
    });
  const rooms = PURGED.map((room) => `${indexPath}${room}/`);
  await purgeNoncurrent(store, [...rooms, headKey(indexPath)], () => checkLease());
  return tags.map(({ name }) => name);
};

interface Done {
  result: Republished;
  finding: Finding;
  doomed: Doomed;
  rewritten: string[];
}

const publishWithout = async (options: EraseOptions, isErased: IsErased): Promise<Done> => {
  const { store, indexPath } = options;
  const { dims } = parseIndexPath(indexPath);
  let rest: Omit<Done, 'result'> | undefined;
  const result = await republish(options, async (state) => {
    const finding = await findErased(store, { indexPath, dims }, isErased);
    const doomed = await findDoomed(store, indexPath, finding);
    // Before the commit: whoever wants to go back to one of these versions from now on reads that he cannot.
    if (doomed.segments.length > 0)
      await writeMarks(store, indexPath, {
        markId: state.publishId,
        kind: 'erased',
        markedAt: new Date(await bucketTime(store, indexPath)).toISOString(),
        candidates: [...doomed.manifests, ...doomed.segments].map(({ key, sizeBytes }) => ({
          key,
          sizeBytes,
        })),
      });
    const affected = new Set(finding.segments.keys());
    rest = { finding, doomed, rewritten: [] };
    if (!state.old.manifest?.index.segments.some(({ key }) => affected.has(key))) return undefined;
    const merged = await rewriteErased(options, state, { affected, isErased });
    rest = { finding, doomed, rewritten: merged.written.segments.map(({ key }) => key) };
    return { merged, applied: state.old.applied, change: { kind: 'erase' } };
  });
  if (result === undefined || rest === undefined) throw versionUnknown(indexPath, 'a version');
  return { result, ...rest };
};

const assertProved = (indexPath: string, { found, segments }: Finding): void => {
  if (found === 0) return;
  throw new PipelineError(
    `${indexPath} still holds ${found} records of the documents, in ${[...segments.keys()].join(', ')}; erase them again`,
    { code: 'ERASE_INCOMPLETE', kind: 'conflict', details: { indexPath, found } },
  );
};

/**
 * Takes documents out of every version of an index, for good, under its lease: segments that hold them are written anew without them,
 * versions that need the old ones are dropped with their tags, and the old objects are deleted with all of their versions. Then every
 * segment that is left is read: the report is the proof. Deltas and what came before them lie outside the index (`notCovered`).
 * When it dies half-way, run it again. Errors: ERASE_INCOMPLETE (a publish brought one of them back meanwhile), VERSION_UNKNOWN,
 * SEGMENT_CORRUPT, those of `publish`.
 */
export const eraseDocuments = async (options: EraseOptions): Promise<EraseReport> => {
  const { store, indexPath, fence, clock, documentIds } = options;
  const ids = new Set(documentIds);
  const isErased: IsErased = ({ documentId }) => ids.has(documentId);
  const eraseId = options.newId();
  const { collection, dims } = parseIndexPath(indexPath);
  const { result, finding, doomed, rewritten } = await publishWithout(options, isErased);
  const tagsDropped = await deleteDoomed(options, doomed);
  const proof = await findErased(store, { indexPath, dims }, isErased);
  assertProved(indexPath, proof);
  const report: EraseReport = {
    format: 'erase-report.v1',
    eraseId,
    indexPath,
    at: new Date(clock.nowMs()).toISOString(),
    fence,
    documentIds: [...ids].sort(),
    headVersion: result.head.version,
    rewritten,
    examined: finding.examined,
    deleted: tallyOf([...doomed.manifests, ...doomed.segments]),
    versionsDropped: doomed.versions,
    tagsDropped,
    proof: { segments: proof.examined.objects, records: proof.records, found: proof.found },
    notCovered: [...(options.notCovered ?? STAGES.map((stage) => `${stage}/${collection}/`))],
  };
  await putImmutable(store, `${indexPath}erasures/${eraseId}.json`, jsonBytes(report), 'application/json');
  for (const { key, marks } of await readMarks(store, indexPath))
    if (marks.kind === 'erased') await store.delete(key);
  return report;
};
