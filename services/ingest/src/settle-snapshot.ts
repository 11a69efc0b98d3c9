import { appliedPartsV1, type SnapshotPublishedV1 } from '@alluvium/contracts';
import { collectionOfIndex } from './domain/source-keys.ts';
import type { IngestDeps } from './ports.ts';

type Deps = Pick<IngestDeps, 'objects' | 'checkpoints' | 'generations'>;

// What was taken out stays out, though another delta of the same part was let in: its documents are sent once more then.
const settleReverted = async (deps: Deps, data: SnapshotPublishedV1['data']): Promise<void> => {
  const { collection, index, version, publishedAt, reverted, applied } = data;
  if (reverted === undefined) return;
  const { parts: out } = await deps.objects.readDocument(appliedPartsV1, reverted);
  const { parts: back } = await deps.objects.readDocument(appliedPartsV1, applied);
  const at = { indexPath: index.path, version };
  await deps.checkpoints.revert(back, { ...at, isOut: false });
  await deps.checkpoints.revert(out, { ...at, isOut: true });
  await deps.generations.noteRollback(collectionOfIndex(collection), Date.parse(publishedAt));
};

/**
 * Takes note of what a version of an index has applied and of what rollbacks took out of it: from then on a crawl sends those
 * documents again. Announcements may come twice and in any order; of what was taken out, the later version counts.
 */
export const settleSnapshot = async (deps: Deps, data: SnapshotPublishedV1['data']): Promise<void> => {
  const { parts } = await deps.objects.readDocument(appliedPartsV1, data.applied);
  await deps.checkpoints.settle(parts, 'applied');
  await settleReverted(deps, data);
};
