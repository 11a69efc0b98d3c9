import type { Head } from '@alluvium/vector-store';
import { firstOf, type Invariant } from './invariant.ts';

/** One write of HEAD that took effect. */
export interface HeadMove {
  /** Undefined at the first one. */
  before: Head | undefined;
  after: Head;
  /** Publish ids that HEAD had before this write. */
  knownIds: ReadonlySet<string>;
  /** Greatest fence that HEAD ever had before this write. */
  greatestFence: number;
}

const isClaim = ({ before, after }: HeadMove): boolean => after.version === (before?.version ?? 0);

const versionFault = (move: HeadMove): string | undefined => {
  const { before, after } = move;
  const version = before?.version ?? 0;
  if (isClaim(move))
    return after.manifestKey === before?.manifestKey
      ? undefined
      : `a claim of version ${version} changes the manifest`;
  return after.version === version + 1 ? undefined : `version ${version} is followed by ${after.version}`;
};

const memoryFault = ({ before, after }: HeadMove): string | undefined => {
  const forgotten = [after.publishId, before?.publishId].find(
    (id) => id !== undefined && !after.recentPublishIds.includes(id),
  );
  return (
    forgotten && `publish ${after.publishId} forgets ${forgotten}, whose publisher may not have heard of it`
  );
};

/** A claim leaves the snapshot as it is; a commit is the next version. Ids never come again, or an ETag would. */
export const oneChain: Invariant<HeadMove> = {
  id: 'S1',
  says: 'HEAD.version grows by 1 with each commit; claims and commits form one chain of ids that never come again',
  fault: (move) => {
    const { before, after, knownIds } = move;
    return firstOf(
      versionFault(move),
      after.parentPublishId !== before?.publishId &&
        `publish ${after.publishId} has the parent ${after.parentPublishId} instead of ${before?.publishId}`,
      knownIds.has(after.publishId) && `publish id ${after.publishId} comes again`,
      memoryFault(move),
    );
  },
};

/** An older owner has nothing to say once a newer one has written. */
export const fenceGrows: Invariant<HeadMove> = {
  id: 'S2',
  says: 'HEAD.fence never decreases',
  fault: ({ before, after }) =>
    before !== undefined && after.fence < before.fence
      ? `fence ${before.fence} is followed by ${after.fence}`
      : undefined,
};

/** Whoever commits has claimed before, and nobody newer has since. */
export const noCommitBelowClaim: Invariant<HeadMove> = {
  id: 'S3',
  says: 'no commit is made below the greatest claimed fence, nor without a claim',
  fault: (move) => {
    const { before, after, greatestFence } = move;
    if (isClaim(move)) return undefined;
    return firstOf(
      after.fence < greatestFence &&
        `version ${after.version} has fence ${after.fence}, claimed is ${greatestFence}`,
      after.fence !== before?.fence &&
        `version ${after.version} is committed with fence ${after.fence} without a claim; HEAD had ${before?.fence}`,
    );
  },
};
