import type { Clock } from '../clock.ts';
import { searchSegments } from '../search/search.ts';
import type { SearchQuery, SearchResult } from '../search/search-types.ts';
import type { SegmentReader } from '../segment/segment-reader.ts';
import type { Snapshot, SnapshotDescription } from '../snapshot/snapshot.ts';
import type { ReadMeter } from '../store/range-reads.ts';
import { meetSnapshot } from './meet-snapshot.ts';
import type { TailDelta } from './tail-delta.ts';

/** What is searched. */
export interface TailTarget {
  /** Undefined while nothing is published. */
  snapshot: Snapshot | undefined;
  /** Deltas beside it, in any order. */
  deltas: readonly TailDelta[];
  dims: number;
  clock: Clock;
}

/** A result, and the version that it is of. */
export interface TailSearchResult extends SearchResult {
  snapshot?: SnapshotDescription;
}

type View = Snapshot['view'];

// The deltas that a view was last searched with, and the two as one.
const met = new WeakMap<View, { deltas: readonly TailDelta[]; segments: Promise<SegmentReader[]> }>();

const isSame = (left: readonly TailDelta[], right: readonly TailDelta[]): boolean =>
  left.length === right.length && left.every((delta, index) => delta === right[index]);

/** The segments of a version and of deltas beside it, as one; remembered while both stay. Errors: see `meetSnapshot`. */
export const segmentsOf = (
  view: View | undefined,
  deltas: readonly TailDelta[],
  meter: ReadMeter,
): Promise<SegmentReader[]> => {
  if (!view) return meetSnapshot([], deltas, meter);
  if (deltas.length === 0) return Promise.resolve(view.segments);
  const known = met.get(view);
  if (known && isSame(known.deltas, deltas)) return known.segments;
  const segments = meetSnapshot(view.segments, deltas, meter);
  met.set(view, { deltas, segments });
  segments.catch(() => met.delete(view));
  return segments;
};

/**
 * Searches a snapshot together with deltas that are not in it yet; the hits are those of a snapshot that has them. Of BM25 the
 * frequencies count superseded rows too, as they do until a merge. It is one version from beginning to end: OBJECT_MISSING says that
 * its objects are gone, and that HEAD is to be read again. Errors: see `searchSegments`.
 */
export const searchWithTail = async (
  { snapshot, deltas, dims, clock }: TailTarget,
  query: SearchQuery,
): Promise<TailSearchResult> => {
  // Both before the first await: a snapshot may turn to a newer version meanwhile.
  const [view, description] = [snapshot?.view, snapshot?.describe()];
  const meter: ReadMeter = { requests: 0, bytes: 0 };
  const segments = await segmentsOf(view, deltas, meter);
  const found = await searchSegments({ segments, dims, clock }, query);
  const read = {
    requests: found.read.requests + meter.requests,
    bytes: found.read.bytes + meter.bytes,
  };
  return { ...found, read, ...(description && { snapshot: description }) };
};
