import { itemName, type Facts, type IndexFacts } from './facts.ts';
import type { Quiescence } from './invariants/liveness.ts';
import { contentOf } from './reference-model.ts';

const foundIn = (index: IndexFacts | undefined): string[] =>
  index?.versions.get(index.head?.version ?? 0) ?? [];

/** How things stand, for the last judgement of a run. */
export const quiescence = (
  { plan, states, contentKeys, poisoned, told, indexes }: Facts,
  { held, deadLetters }: Pick<Quiescence, 'held' | 'deadLetters'>,
): Quiescence => {
  const all = plan.deltas.flat();
  const delivered = all.flatMap(({ delta, attempts }) =>
    Array.from({ length: attempts }, (_, index) => itemName({ deltaId: delta.deltaId, attempt: index + 1 })),
  );
  const isPoisoned = (name: string): boolean => poisoned.has(contentKeys.get(name) ?? '');
  const goodOf = (indexPath: string) =>
    all.filter((planned) => planned.indexPath === indexPath && planned.poison === undefined);
  return {
    states: new Map(delivered.map((name) => [name, states.get(name) ?? 'ABSENT'])),
    poisoned: new Set(delivered.filter(isPoisoned)),
    told,
    held,
    deadLetters,
    indexes: plan.indexPaths.map((indexPath) => ({
      indexPath,
      found: foundIn(indexes.get(indexPath)),
      expected: contentOf(goodOf(indexPath).map(({ delta }) => delta)).chunkIds,
    })),
  };
};
