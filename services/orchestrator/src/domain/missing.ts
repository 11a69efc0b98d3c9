import type { Bucket } from './progress.ts';
import { STAGES, type Stage } from './stages.ts';

/** Parts that got as far as each other: none of them is known to have reached `stage`. */
export interface MissingParts {
  stage: Stage;
  first: number;
  last: number;
}

type Settled = Record<Stage, ReadonlySet<number>>;

const settledOf = (buckets: readonly Bucket[]): Settled => {
  const of = (stage: Stage): Set<number> =>
    new Set(
      buckets.filter((bucket) => bucket.stage === stage).flatMap(({ done, failed }) => [...done, ...failed]),
    );
  return Object.fromEntries(STAGES.map((stage) => [stage, of(stage)])) as Record<Stage, Set<number>>;
};

const append = (ranges: MissingParts[], stage: Stage, part: number): void => {
  const before = ranges.at(-1);
  if (before?.stage === stage && before.last === part - 1) before.last = part;
  else ranges.push({ stage, first: part, last: part });
};

/**
 * The parts of a run that are settled nowhere beyond some stage, with the first stage that each has not reached. Without
 * a total the crawl itself is missing: from the first part on that was not fetched.
 */
export const missingParts = (buckets: readonly Bucket[], total: number | undefined): MissingParts[] => {
  const settled = settledOf(buckets);
  const known = [...settled.fetched, ...settled.derived].reduce((most, part) => Math.max(most, part + 1), 0);
  const ranges: MissingParts[] = [];
  // An event may claim more parts than memory could list: what nobody heard of is one range.
  const listed = Math.min(known, total ?? known);
  for (let part = 0; part < listed; part += 1) {
    const stage = STAGES.find((candidate) => !settled[candidate].has(part));
    if (stage !== undefined) append(ranges, stage, part);
  }
  if (total === undefined) ranges.push({ stage: 'fetched', first: listed, last: listed });
  else if (total > listed) ranges.push({ stage: 'fetched', first: listed, last: total - 1 });
  return ranges;
};

const MAX_NAMED = 20;

/** `2, 5-7 before derived`: the ranges in words. */
export const describeMissing = (ranges: readonly MissingParts[]): string => {
  const named = ranges.slice(0, MAX_NAMED).map(({ stage, first, last }) => {
    const parts = first === last ? `part ${first}` : `parts ${first}-${last}`;
    return `${parts} before ${stage}`;
  });
  const more = ranges.length > MAX_NAMED ? [`${ranges.length - MAX_NAMED} more ranges`] : [];
  return [...named, ...more].join(', ');
};
