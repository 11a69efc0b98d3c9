import { isPipelineError } from '@alluvium/contracts';
import type { InboxItem } from './inbox-item.ts';

/** Promises of the protocol that cost next to nothing to watch. */
export type Invariant =
  /** Versions go up one by one, in one chain. */
  | 'HEAD_GOES_ON'
  /** A commit is its own lease's, and no fence comes back. */
  | 'FENCE_GOES_ON'
  /** What a snapshot names is there, as it was written. */
  | 'OBJECTS_ARE_THERE'
  /** Counts and setHash of a snapshot follow from the old ones and the deltas. */
  | 'BOOKS_AGREE'
  /** Every delta is settled in the end. */
  | 'DELTAS_ARE_SETTLED';

/** A promise that does not hold. */
export interface Breach {
  invariant: Invariant;
  message: string;
}

/** Version and fence of a HEAD. */
export interface HeadMark {
  version: number;
  fence: number;
}

/** Longer than retries of any kind take; whatever holds a delta up so long needs somebody to look. */
const LATE_MS = 6 * 3_600_000;

const OBJECTS = new Set(['OBJECT_MISSING', 'OBJECT_CORRUPT', 'HEAD_MISSING', 'HEAD_CORRUPT']);
const CONTENTS = new Set(['MANIFEST_CORRUPT', 'APPLIED_CORRUPT', 'SEGMENT_CORRUPT', 'HISTORY_CORRUPT']);

/** What a failed round says of the snapshot that it started from. */
export const breachesOfError = (error: unknown): Breach[] => {
  if (!isPipelineError(error)) return [];
  const { code, message } = error;
  if (code === 'PUBLISH_MISMATCH') return [{ invariant: 'BOOKS_AGREE', message }];
  return OBJECTS.has(code) || CONTENTS.has(code) ? [{ invariant: 'OBJECTS_ARE_THERE', message }] : [];
};

/** What a commit says of the HEAD that was seen before it and of the lease that it was made under. */
export const breachesOfCommit = (
  after: HeadMark,
  { before, leaseFence }: { before: HeadMark; leaseFence: number },
): Breach[] => {
  const breaches: Breach[] = [];
  if (after.version <= before.version) {
    const message = `version ${after.version} was committed after version ${before.version}`;
    breaches.push({ invariant: 'HEAD_GOES_ON', message });
  }
  if (after.fence !== leaseFence || after.fence <= before.fence) {
    const message = `fence ${after.fence} was committed after ${before.fence} under a lease of ${leaseFence}`;
    breaches.push({ invariant: 'FENCE_GOES_ON', message });
  }
  return breaches;
};

/** Deltas that wait too long. */
export const breachesOfWaiting = (items: readonly InboxItem[], nowMs: number): Breach[] => {
  const late = items.filter(({ cause }) => nowMs - Date.parse(cause.occurredAt) > LATE_MS);
  const [oldest] = late.map(({ cause }) => cause.occurredAt).sort();
  if (oldest === undefined) return [];
  return [
    { invariant: 'DELTAS_ARE_SETTLED', message: `${late.length} deltas wait, the oldest since ${oldest}` },
  ];
};
