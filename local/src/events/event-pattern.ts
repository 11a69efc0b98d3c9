import type { EventFields, FieldValue, Membership } from './event-fields.ts';
import { refusePattern } from './pattern-error.ts';
import { compileFieldTest, RESERVED_NAMES, type FieldTest } from './value-test.ts';

/** A compiled event pattern. */
export interface EventPattern {
  matches(fields: EventFields): boolean;
}

/** Fields that must all fit, each by one of its tests. */
type Conjunction = ReadonlyMap<string, readonly FieldTest[]>;

/** One $or after the other multiplies; AWS refuses more than this. */
const MAX_COMBINATIONS = 1000;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Adds what `object` demands to each of the combinations so far; a $or splits them. */
const compileObject = (
  combinations: Conjunction[],
  object: Record<string, unknown>,
  path: string[],
  insideOr: boolean,
): Conjunction[] => {
  const entries = Object.entries(object);
  if (entries.length === 0) return refusePattern('Empty objects are not allowed');
  let result = combinations;
  for (const [name, child] of entries) {
    if (name === '$or') result = compileOr(result, child, path);
    else {
      if (insideOr && RESERVED_NAMES.has(name))
        return refusePattern(`${name} is Ruler reserved fieldName which cannot be used inside $or.`);
      result = compileField(result, child, [...path, name], insideOr);
    }
  }
  return result;
};

const compileField = (
  combinations: Conjunction[],
  child: unknown,
  path: string[],
  insideOr: boolean,
): Conjunction[] => {
  if (isObject(child)) return compileObject(combinations, child, path, insideOr);
  if (!Array.isArray(child)) return refusePattern(`"${path.at(-1) ?? ''}" must be an object or an array`);
  if (child.length === 0) return refusePattern('Empty arrays are not allowed');
  const tests = child.map(compileFieldTest);
  return combinations.map((combination) => new Map(combination).set(path.join('.'), tests));
};

const compileOr = (combinations: Conjunction[], alternatives: unknown, path: string[]): Conjunction[] => {
  if (!Array.isArray(alternatives)) return refusePattern('It must be an Array followed with $or.');
  if (alternatives.length < 2)
    return refusePattern('There must have at least 2 Objects in $or relationship.');
  const result = alternatives.flatMap((alternative: unknown) =>
    isObject(alternative)
      ? compileObject(combinations, alternative, path, true)
      : refusePattern('Only JSON object is allowed in array of $or relationship.'),
  );
  if (result.length > MAX_COMBINATIONS) return refusePattern('Rule is too complex');
  return result;
};

const isConsistent = (bound: Membership, membership: Membership): boolean =>
  membership.every(([id, index]) =>
    bound.every(([boundId, boundIndex]) => id !== boundId || index === boundIndex),
  );

const addsNothing = (bound: Membership, membership: Membership): boolean =>
  membership.every(([id]) => bound.some(([boundId]) => id === boundId));

type Field = readonly [path: string, tests: readonly FieldTest[]];

/**
 * Finds values for the fields from `index` on, all out of the same array elements (array consistency): two fields of one
 * pattern never match by different elements of one array of objects. Fields come in order of their paths, as in AWS's engine,
 * because "absent" is judged within the elements chosen so far.
 */
const fits = (fields: readonly Field[], index: number, event: EventFields, bound: Membership): boolean => {
  const field = fields[index];
  if (field === undefined) return true;
  const values = (event.get(field[0]) ?? []).filter(({ membership }) => isConsistent(bound, membership));
  if (field[1].includes('absent') && values.length === 0) return fits(fields, index + 1, event, bound);
  const candidates = values.filter(({ value }) => field[1].some((test) => test !== 'absent' && test(value)));
  // a choice that binds nothing is as good as any other of its kind
  const free = candidates.find(({ membership }) => addsNothing(bound, membership));
  const choices: readonly FieldValue[] =
    free === undefined
      ? candidates
      : [free, ...candidates.filter(({ membership }) => !addsNothing(bound, membership))];
  return choices.some(({ membership }) => fits(fields, index + 1, event, [...bound, ...membership]));
};

/** A number that only looks like zero because it is too small to hold. */
const refuseUnderflow = (_key: string, value: unknown, context?: { source?: string }): unknown => {
  if (value === 0 && /^[^eE]*[1-9]/.test(context?.source ?? ''))
    return refusePattern(`Cannot compare number : ${context?.source ?? ''}`);
  return value;
};

const parsePattern = (text: string): unknown => {
  try {
    return JSON.parse(text, refuseUnderflow);
  } catch (error) {
    if (error instanceof Error && error.name === 'SyntaxError')
      return refusePattern(`Filter is not valid JSON: ${error.message}`);
    throw error;
  }
};

/** Compiles the JSON text of an event pattern. Throws INVALID_EVENT_PATTERN. */
export const compileEventPattern = (text: string): EventPattern => {
  const pattern = parsePattern(text);
  if (!isObject(pattern)) return refusePattern('Filter is not an object');
  const conjunctions = compileObject([new Map()], pattern, [], false).map((fields) =>
    [...fields].sort(([left], [right]) => (left < right ? -1 : 1)),
  );
  return { matches: (event) => conjunctions.some((fields) => fits(fields, 0, event, [])) };
};
