import {
  appliedPartsV1,
  snapshotPublishedV1,
  type AppliedPartsV1,
  type EventCause,
} from '@alluvium/contracts';
import { parseIndexPath, readReverted, type AppliedRun } from '@alluvium/vector-store';
import { announcementKey, announcementOf, sortedParts } from '../domain/announcement.ts';
import type { OperationDeps } from '../ports.ts';

type Deps = Pick<OperationDeps, 'store' | 'objects' | 'bus'>;
type Part = AppliedPartsV1['parts'][number];

/** A change that no delta made. */
export interface Change {
  kind: 'rollback' | 'unrevert' | 'erase';
  /** What it brought back. */
  applied: readonly Part[];
}

/** The parts of runs, one by one. */
export const partsOfRuns = (runs: readonly AppliedRun[]): Part[] =>
  runs.flatMap(({ runId, attempt, parts }) =>
    parts.map(({ part, deltaId }) => ({ runId, attempt, part, deltaId })),
  );

/**
 * Tells the world of the current version, and of all that rollbacks took out of it: however often a change is announced, and
 * however late, it is the truth of the version that it names. Whoever changed the index still has its lease. Does nothing before the
 * first publish.
 */
export const announceChange = async (
  { store, objects, bus }: Deps,
  indexPath: string,
  { kind, applied }: Change,
  cause: EventCause,
): Promise<void> => {
  const current = await readReverted(store, indexPath);
  if (current === undefined) return;
  const { collection } = parseIndexPath(indexPath);
  const { head } = current;
  // Under names of their own parts: the list of a commit lies under the bare publish id.
  const write = (parts: Part[]) => {
    const key = announcementKey({ indexPath, publishId: head.publishId, committed: false }, parts);
    return objects.writeDocument(appliedPartsV1, key, { collection, parts });
  };
  const data = announcementOf(indexPath, head, await write(sortedParts(applied)));
  const reverted = await write(sortedParts(partsOfRuns(current.reverted)));
  await bus.publish(snapshotPublishedV1, { ...data, kind, reverted }, cause);
};
