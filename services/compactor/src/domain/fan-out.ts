import { hashId } from '@alluvium/contracts';
import { contentKeyOf, type InboxItem, type RegisteredIndex } from './inbox-item.ts';

/** Objects that one merge takes on. */
const GROUP = 10;
/** So many intermediates a publish takes as they are; more are merged before. */
const DIRECT = 4;
/** Deltas of one compaction; what is more goes on in the plain way. */
const MOST_DELTAS = 1000;
/** After this time deltas are no longer kept for merges: an event was lost, or a worker died. */
const DEADLINE_MS = 10 * 60 * 1000;
/** For this time after it the deltas of the index are settled in the plain way, which always works. */
const REST_MS = 3_600_000;
/** Older intermediates are not taken: garbage collection may look at them after a day. */
export const FRESH_MS = 6 * 3_600_000;

/** An object that is merged: a delta, or what earlier merges made. */
export interface MergeInput {
  key: string;
  sha256: string;
  bytes: number;
}

/** One piece of work. */
export interface Merge {
  mergeId: string;
  /** How many merges deep: 1 merges deltas. */
  level: number;
  inputs: MergeInput[];
}

/** Deltas of an index that are merged before their publish. */
export interface Compaction extends RegisteredIndex {
  compactionId: string;
  /** Content keys of the deltas that wait for it. */
  deltas: string[];
  /** Its merges of level 1. */
  mergeIds: string[];
  deadlineMs: number;
}

/** A compaction and what its merges have made so far. */
export interface OpenCompaction extends Compaction {
  outputs: ReadonlyMap<string, MergeInput>;
}

/** Where a compaction stands: `merges` of `level` are not all done, or its `outputs` are all there is to publish. */
export type Progress =
  { state: 'merging'; level: number; merges: Merge[] } | { state: 'ready'; outputs: MergeInput[] };

/** The same inputs are the same merge, whoever asks for it and however often. */
export const mergeIdOf = (indexPath: string, level: number, inputs: readonly MergeInput[]): string =>
  hashId([indexPath, level, ...inputs.map(({ key, sha256 }) => [key, sha256])]);

const mergesOf = (indexPath: string, level: number, inputs: readonly MergeInput[]): Merge[] =>
  Array.from({ length: Math.ceil(inputs.length / GROUP) }, (_, index) => {
    const group = inputs.slice(index * GROUP, (index + 1) * GROUP);
    return { mergeId: mergeIdOf(indexPath, level, group), level, inputs: group };
  });

/** The compaction of waiting items, and its first merges. Each delta once, though several attempts may have delivered it. */
export const planCompaction = (
  { collection, indexPath }: RegisteredIndex,
  items: readonly InboxItem[],
  { compactionId, nowMs }: { compactionId: string; nowMs: number },
): { compaction: Compaction; merges: Merge[] } => {
  const unique = [...new Map(items.map((item) => [contentKeyOf(item), item]))].slice(0, MOST_DELTAS);
  const inputs = unique.map(([, { pointer }]) => ({
    key: pointer.key,
    sha256: pointer.sha256,
    bytes: pointer.bytes,
  }));
  const merges = mergesOf(indexPath, 1, inputs);
  const compaction = {
    ...{ collection, indexPath, compactionId },
    deltas: unique.map(([name]) => name),
    mergeIds: merges.map(({ mergeId }) => mergeId),
    deadlineMs: nowMs + DEADLINE_MS,
  };
  return { compaction, merges };
};

/** How far a compaction has come; follows from what its merges have made, in whatever order they did. */
export const progressOf = ({ indexPath, mergeIds, outputs }: OpenCompaction): Progress => {
  let merges = mergeIds.map((mergeId): Merge => ({ mergeId, level: 1, inputs: [] }));
  for (let level = 1; ; level += 1) {
    const made = merges.flatMap(({ mergeId }) => outputs.get(mergeId) ?? []);
    if (made.length < merges.length) return { state: 'merging', level, merges };
    if (made.length <= DIRECT) return { state: 'ready', outputs: made };
    merges = mergesOf(indexPath, level + 1, made);
  }
};

/** True while deltas are kept for their merges. */
export const isInTime = ({ deadlineMs }: Pick<Compaction, 'deadlineMs'>, nowMs: number): boolean =>
  nowMs < deadlineMs;

/** True when another compaction of the index may begin. */
export const isOver = ({ deadlineMs }: Pick<Compaction, 'deadlineMs'>, nowMs: number): boolean =>
  nowMs > deadlineMs + REST_MS;
