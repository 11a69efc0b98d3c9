import { itemName, type Facts, type IndexFacts } from './facts.ts';
import type { Quiescence } from './invariants/liveness.ts';
import { announcementsOf, type Announcement, type Plan } from './plan.ts';
import { contentOf } from './reference-model.ts';

const foundIn = (index: IndexFacts | undefined): string[] =>
  index?.versions.get(index.head?.version ?? 0) ?? [];

const nameOf = ({ planned, attempt }: Announcement): string =>
  itemName({ deltaId: planned.delta.deltaId, attempt });

const deliveredOf = ({ deltas, afterlife }: Plan, isAfterlife: boolean): Announcement[] => [
  ...deltas.flat().flatMap(announcementsOf),
  ...(isAfterlife && afterlife ? [...afterlife.fresh, ...afterlife.replays] : []),
];

/** How things stand, for the last judgement of a run. */
export const quiescence = (
  { plan, states, contentKeys, poisoned, told, replayed, indexes }: Facts,
  { held, deadLetters }: Pick<Quiescence, 'held' | 'deadLetters'>,
  isAfterlife = false,
): Quiescence => {
  const delivered = deliveredOf(plan, isAfterlife);
  const names = delivered.map(nameOf);
  const good = new Set(delivered.map(({ planned }) => planned).filter(({ poison }) => poison === undefined));
  const goodOf = (path: string) =>
    [...good].filter(({ indexPath }) => indexPath === path).map(({ delta }) => delta);
  return {
    states: new Map(names.map((name) => [name, states.get(name) ?? 'ABSENT'])),
    poisoned: new Set(names.filter((name) => poisoned.has(contentKeys.get(name) ?? ''))),
    eitherWay: replayed,
    told,
    held,
    deadLetters,
    indexes: plan.indexPaths.map((indexPath) => ({
      indexPath,
      found: foundIn(indexes.get(indexPath)),
      expected: contentOf(goodOf(indexPath)).chunkIds,
    })),
  };
};
