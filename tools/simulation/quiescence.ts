import { contentKeyOf, itemName, type Facts, type IndexFacts } from './facts.ts';
import type { DeltaState } from './invariants/inbox.ts';
import type { Quiescence } from './invariants/liveness.ts';
import { announcementsOf, type Announcement, type Plan } from './plan.ts';
import { contentOf } from './reference-model.ts';

const foundIn = (index: IndexFacts | undefined): string[] => [
  ...(index?.versions.get(index.head?.version ?? 0)?.chunkIds ?? []),
];

const nameOf = ({ planned, attempt }: Announcement): string =>
  itemName({ deltaId: planned.delta.deltaId, attempt });

const deliveredOf = ({ deltas, epochs }: Plan, begun: number): Announcement[] => [
  ...deltas.flat().flatMap(announcementsOf),
  ...epochs.slice(0, begun).flatMap(({ fresh, replays }) => [...fresh, ...replays]),
];

const stateOf = ({ states, quarantined }: Facts, name: string): DeltaState => {
  const state = states.get(name) ?? 'ABSENT';
  return state === 'ABSENT' && quarantined.has(name.replace(/#.*/, '')) ? 'REJECTED' : state;
};

// An attempt whose event got lost is not missed when another attempt brought the same delta: the delta is what counts.
const isReplaced = (facts: Facts, name: string): boolean => {
  if (!facts.lostEvents.has(name) || stateOf(facts, name) !== 'ABSENT') return false;
  const isAttempt = (other: string): boolean => other.startsWith(name.replace(/#.*/, '#'));
  return [...facts.states.keys()].some((other) => isAttempt(other) && stateOf(facts, other) !== 'ABSENT');
};

/** Attempts whose event got lost and that nobody has found yet. */
export const stillLost = (facts: Facts): string[] =>
  [...facts.lostEvents].filter((name) => stateOf(facts, name) === 'ABSENT' && !isReplaced(facts, name));

// What a rollback took out may be found applied or refused when it comes again.
const eitherWay = ({ contentKeys, replayed, indexes }: Facts, names: readonly string[]): Set<string> => {
  const isReverted = (name: string): boolean =>
    [...indexes.values()].some(({ everReverted }) => everReverted.has(contentKeys.get(name) ?? ''));
  return new Set([...replayed, ...names.filter(isReverted)]);
};

/** How things stand, for the judgement of a run, when so many epochs have begun. */
export const quiescence = (
  facts: Facts,
  { held, deadLetters }: Pick<Quiescence, 'held' | 'deadLetters'>,
  epochsBegun = 0,
): Quiescence => {
  const { plan, contentKeys, poisoned, told, indexes } = facts;
  const delivered = deliveredOf(plan, epochsBegun);
  const names = delivered.map(nameOf).filter((name) => !isReplaced(facts, name));
  const good = new Set(delivered.map(({ planned }) => planned).filter(({ poison }) => poison === undefined));
  const goodOf = (path: string) =>
    [...good]
      .filter(({ indexPath }) => indexPath === path)
      .filter(({ delta }) => indexes.get(path)?.reverted.has(contentKeyOf(delta)) !== true)
      .map(({ delta }) => delta);
  return {
    states: new Map(names.map((name) => [name, stateOf(facts, name)])),
    poisoned: new Set(names.filter((name) => poisoned.has(contentKeys.get(name) ?? ''))),
    eitherWay: eitherWay(facts, names),
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
