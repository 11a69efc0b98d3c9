import { contentOf } from '../simulation/reference-model.ts';
import type { End, Found, FoundIndex } from './observe.ts';
import { isLetter, type Plan, type PlannedDelta } from './plan.ts';

const few = (names: readonly string[]): string =>
  names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ');

const missingFrom = (names: readonly string[], others: readonly string[]): string[] => {
  const known = new Set(others);
  return names.filter((name) => !known.has(name));
};

const doubles = (names: readonly string[]): string[] =>
  names.filter((name, index) => names.indexOf(name) !== index);

const differences = (what: string, expected: readonly string[], found: readonly string[]): string[] => {
  const lost = missingFrom(expected, found);
  const surplus = missingFrom(found, expected);
  const twice = doubles(found);
  return [
    ...(lost.length > 0 ? [`${what} lost: ${few(lost)}`] : []),
    ...(surplus.length > 0 ? [`${what} that should not be there: ${few(surplus)}`] : []),
    ...(twice.length > 0 ? [`${what} there twice: ${few(twice)}`] : []),
  ];
};

const unequal = (what: string, expected: unknown, found: unknown): string[] =>
  expected === found ? [] : [`${what}: ${String(found)} instead of ${String(expected)}`];

const isGood = ({ poison }: PlannedDelta): boolean => poison === undefined;

// The reference knows the plan and none of the engine's code.
const judgeIndex = (found: FoundIndex, deltas: readonly PlannedDelta[]): string[] => {
  const good = deltas.filter(isGood).map(({ delta }) => delta);
  const expected = contentOf(good);
  const chain = Array.from({ length: found.version }, (_, index) => found.version - index);
  return [
    ...differences('chunks', expected.chunkIds, found.chunkIds),
    ...differences('documents', expected.liveDocumentIds, found.documentIds),
    ...differences(
      'applied deltas',
      good.map(({ runId, deltaId }) => `${runId}/${deltaId}`),
      found.applied,
    ),
    ...unequal('documents counted', expected.documents, found.documents),
    ...unequal('tombstones counted', expected.tombstones, found.tombstones),
    ...unequal('setHash', expected.setHash, found.setHash),
    ...found.verification.map(({ key, code, message }) => `verification of ${key}: ${code}: ${message}`),
    ...unequal('versions, newest first', chain.join(' '), found.versions.join(' ')),
    ...(found.isLeaseHeld ? ['the lease is held'] : []),
  ].map((problem) => `${found.indexPath}: ${problem}`);
};

const attemptsOf = ({ delta, attempts }: PlannedDelta): string[] =>
  Array.from({ length: attempts }, (_, index) => `${delta.deltaId}#${index + 1}`);

const judgeEnds = (planned: PlannedDelta, { settled, told }: Found): string[] => {
  const { poison } = planned;
  const end: End = poison === undefined ? 'APPLIED' : 'REJECTED';
  const what = poison === undefined ? 'a good delta' : `poison (${poison})`;
  return attemptsOf(planned).flatMap((name) => {
    const state = isLetter(planned) ? 'nowhere' : end;
    // Nobody can be told of an event that says nothing readable.
    const expectsWord = poison !== 'event';
    const word = [...(told.get(name) ?? [])].join(' and ') || 'to nobody';
    return [
      ...unequal(`${name}, ${what}, ends`, state, settled.get(name) ?? 'nowhere'),
      ...unequal(`${name}, ${what}, is announced`, expectsWord ? end : 'to nobody', word),
    ];
  });
};

const judgeDeadLetters = (deltas: readonly PlannedDelta[], deadLetters: readonly string[]): string[] => {
  const expected = deltas.filter(isLetter).map(({ delta }) => delta.deltaId);
  const lost = missingFrom(expected, deadLetters);
  const surplus = missingFrom(deadLetters, expected);
  return [
    ...(lost.length > 0 ? [`no dead letter tells of the poison ${few(lost)}`] : []),
    ...surplus.map((letter) => `a dead letter is no poison: ${letter}`),
  ];
};

/** What is wrong with what is found, in words; nothing when it is what the plan comes to. */
export const judge = (plan: Plan, found: Found): string[] => [
  ...found.indexes.flatMap((index) =>
    judgeIndex(
      index,
      plan.deltas.filter(({ indexPath }) => indexPath === index.indexPath),
    ),
  ),
  ...found.pending.map((name) => `${name} is still PENDING`),
  ...plan.deltas.flatMap((planned) => judgeEnds(planned, found)),
  ...judgeDeadLetters(plan.deltas, found.deadLetters),
];
