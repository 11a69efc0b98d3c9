import { liveCounts, ordinalsOf, type SegmentDescriptor } from '../segment/segment-format.ts';

/** Segments of one tier that are merged to one of the next. */
const SEGMENTS_A_TIER = 4;
/** Each tier holds segments of up to so many times the size of the one below. */
const TIER_FACTOR = 4;
const LOWEST_TIER_BYTES = 1_000_000;
/** With a larger share of dead documents or chunks a segment is written anew. */
const MOST_DEAD = 0.3;

const tierOf = ({ sizeBytes }: SegmentDescriptor): number =>
  Math.max(0, Math.ceil(Math.log(sizeBytes / LOWEST_TIER_BYTES) / Math.log(TIER_FACTOR)));

const isMostlyAlive = (segment: SegmentDescriptor): boolean => {
  const live = liveCounts(segment);
  const share = (of: number, all: number): number => (all === 0 ? 1 : of / all);
  return (
    Math.min(share(live.chunks, segment.chunks), share(ordinalsOf(live), ordinalsOf(segment))) >=
    1 - MOST_DEAD
  );
};

/**
 * Which segments to write anew as one: all of a tier that is full, the tiers below along with it, and those with many dead. So every
 * row is rewritten about once a tier, and a search meets a few segments a tier at most.
 */
export const chooseMerge = (
  segments: readonly SegmentDescriptor[],
  segmentBytes: number,
): SegmentDescriptor[] => {
  const growing = segments.filter(({ sizeBytes }) => sizeBytes < segmentBytes / 2);
  let fullest = -1;
  // What a full tier gives may fill the next one.
  const highest = Math.max(0, ...growing.map(tierOf));
  let carried = 0;
  for (let tier = 0; tier <= highest; tier += 1) {
    const count = growing.filter((segment) => tierOf(segment) === tier).length + carried;
    if (count >= SEGMENTS_A_TIER) fullest = tier;
    carried = count >= SEGMENTS_A_TIER ? 1 : 0;
  }
  return segments.filter(
    (segment) => (growing.includes(segment) && tierOf(segment) <= fullest) || !isMostlyAlive(segment),
  );
};
