type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const wildcard = (text: string): RegExp =>
  new RegExp(
    `^${text
      .split('*')
      .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*')}$`,
    's',
  );

const COMPARE: Record<string, (left: number, right: number) => boolean> = {
  '=': (left, right) => left === right,
  '>': (left, right) => left > right,
  '>=': (left, right) => left >= right,
  '<': (left, right) => left < right,
  '<=': (left, right) => left <= right,
};

const isNumeric = (value: unknown, conditions: unknown[]): boolean => {
  if (typeof value !== 'number') return false;
  for (let at = 0; at < conditions.length; at += 2) {
    if (!COMPARE[conditions[at] as string]!(value, conditions[at + 1] as number)) return false;
  }
  return true;
};

/** Values of other stacks, which are not known here, match whatever is there. */
const FILTERS: Record<string, (value: unknown, argument: unknown) => boolean> = {
  numeric: (value, argument) => isNumeric(value, argument as unknown[]),
  prefix: (value, argument) => typeof value === 'string' && value.startsWith(argument as string),
  suffix: (value, argument) => typeof value === 'string' && value.endsWith(argument as string),
  wildcard: (value, argument) => typeof value === 'string' && wildcard(argument as string).test(value),
  exists: (value, argument) => (value !== undefined) === argument,
  'anything-but': (value, argument) => ![argument].flat().includes(value),
  ImportValue: (value) => value !== undefined,
};

const matchesOne = (value: unknown, filter: unknown): boolean => {
  if (!isFields(filter)) return value === filter;
  const [[name, argument]] = Object.entries(filter) as [[string, unknown]];
  const test = FILTERS[name];
  if (test === undefined) throw new Error(`The filter ${name} is not known here`);
  return test(value, argument);
};

/** True when an EventBridge rule with this pattern lets the event through. */
export const matchesPattern = (pattern: Fields, event: unknown): boolean =>
  Object.entries(pattern).every(([name, expected]) => {
    const value = isFields(event) ? event[name] : undefined;
    if (isFields(expected)) return matchesPattern(expected, value);
    return (expected as unknown[]).some((filter) => matchesOne(value, filter));
  });
