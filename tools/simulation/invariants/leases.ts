import { firstOf, type Invariant } from './invariant.ts';

/** One write of a lease item that took effect. */
export interface LeaseMove {
  before: { state: string; fence: number; owner?: string } | undefined;
  after: { state: string; fence: number; owner?: string } | undefined;
  writer: string;
  /** Processes that were given the fence that it had before. */
  holders: readonly string[];
  /** Greatest fence of the item so far. */
  greatestFence: number;
  /** Who held the lease under which fence. */
  owners: ReadonlyMap<number, string>;
}

// Whoever takes a held lease away takes a new fence with it; nobody else has any business with it.
const strangerFault = ({ before, after, writer, holders }: LeaseMove): string | undefined =>
  before?.state === 'HELD' && after?.fence === before.fence && !holders.includes(writer)
    ? `${writer} changes the lease of ${holders.join(', ')} and leaves its fence at ${before.fence}`
    : undefined;

/** The fence is what every conditional write relies on: two owners of one fence could not be told apart. */
export const oneOwnerPerFence: Invariant<LeaseMove> = {
  id: 'S10',
  says: 'a fence has one owner, and the lease item outlives all of them',
  fault: (move) => {
    const { after, greatestFence, owners } = move;
    if (after === undefined) return 'the lease item is deleted, and its fence with it';
    const known = owners.get(after.fence);
    return firstOf(
      after.fence < greatestFence && `fence ${greatestFence} is followed by ${after.fence}`,
      after.state === 'HELD' &&
        known !== undefined &&
        known !== after.owner &&
        `fence ${after.fence} belongs to ${known} and to ${after.owner}`,
      strangerFault(move),
    );
  },
};

/** One write of HEAD, and who was given its fence. */
export interface FencedWrite {
  fence: number;
  writer: string;
  /** Processes that were given that fence. */
  holders: readonly string[];
}

/** A process writes HEAD only under a fence that it was given. */
export const ownFence: Invariant<FencedWrite> = {
  id: 'S10',
  says: 'HEAD is written by the process that was given its fence',
  fault: ({ fence, writer, holders }) =>
    holders.includes(writer)
      ? undefined
      : `${writer} writes HEAD with fence ${fence} of ${holders.join(', ')}`,
};
