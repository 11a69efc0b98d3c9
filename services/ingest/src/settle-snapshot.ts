import { appliedPartsV1, type SnapshotPublishedV1 } from '@alluvium/contracts';
import type { IngestDeps } from './ports.ts';

type Snapshot = SnapshotPublishedV1['data'];
type Deps = Pick<IngestDeps, 'objects' | 'checkpoints' | 'generations'>;

// What was taken out stays out, though another delta of the same part was let in: its documents are sent once more then.
const settleReverted = async (deps: Deps, data: Snapshot, collection: string): Promise<void> => {
  const { index, version, publishedAt, reverted, applied } = data;
  if (reverted === undefined) return;
  const { parts: out } = await deps.objects.readDocument(appliedPartsV1, reverted);
  const { parts: back } = await deps.objects.readDocument(appliedPartsV1, applied);
  const at = { indexPath: index.path, version };
  await deps.checkpoints.revert(back, { ...at, isOut: false });
  await deps.checkpoints.revert(out, { ...at, isOut: true });
  await deps.generations.noteRollback(collection, Date.parse(publishedAt));
};

/**
 * Takes note of what a version of an index has applied and of what rollbacks took out of it: from then on a crawl sends those
 * documents of `collection` again. Announcements may come twice and in any order; of what was taken out, the later version counts.
 */
export const settleSnapshot = async (deps: Deps, data: Snapshot, collection: string): Promise<void> => {
  const { parts } = await deps.objects.readDocument(appliedPartsV1, data.applied);
  await deps.checkpoints.settle(parts, 'applied');
  await settleReverted(deps, data, collection);
};
