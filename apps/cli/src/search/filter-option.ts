import { CliError, exitCodes } from '../cli-error.ts';

type Scalar = string | number | boolean;
type Bounds = Record<string, Scalar>;

/** Conditions on attributes by name, as the API takes them. */
export type AttributeFilters = Record<string, Scalar | Scalar[] | Bounds>;

const BOUNDS: Record<string, string> = { '>': 'gt', '>=': 'gte', '<': 'lt', '<=': 'lte' };
const COMPARISON = /^\s*([^=<>]+?)\s*(>=|<=|=|>|<)(.*)$/s;
// A name without a comparison in it: `title=cats in hats` is none.
const MEMBERSHIP = /^\s*([^\s=<>]+)\s+in\s+(.*\S.*)$/s;

const wrong = (filter: string, why: string): CliError =>
  new CliError(
    `--filter "${filter}" ${why}.`,
    exitCodes.usage,
    'Write name=value, name>=value (also >, <, <=) or "name in a,b"; a value in double quotes stays text.',
  );

// `2024` is a number and `true` a truth value; "2024" in quotes is text.
const readValue = (text: string): Scalar => {
  const value = text.trim();
  if (value === 'true' || value === 'false') return value === 'true';
  if (/^-?\d+(\.\d+)?$/.test(value)) return Number(value);
  return /^".*"$/s.test(value) ? value.slice(1, -1) : value;
};

interface Condition {
  name: string;
  condition: Scalar | Scalar[] | Bounds;
}

const readMembership = (filter: string): Condition | undefined => {
  const [, name, list] = MEMBERSHIP.exec(filter) ?? [];
  return name === undefined || list === undefined
    ? undefined
    : { name, condition: list.split(',').map(readValue) };
};

const readComparison = (filter: string): Condition | undefined => {
  const [, name, sign = '', text = ''] = COMPARISON.exec(filter) ?? [];
  if (name === undefined || text.trim() === '') return undefined;
  const [bound, value] = [BOUNDS[sign], readValue(text)];
  return { name, condition: bound === undefined ? value : { [bound]: value } };
};

const readCondition = (filter: string): Condition => {
  const found = readMembership(filter) ?? readComparison(filter);
  if (found) return found;
  throw wrong(filter, 'is no condition');
};

const isBounds = (value: unknown): value is Bounds => typeof value === 'object' && !Array.isArray(value);

/** The conditions of repeated `--filter` options; bounds of one attribute go together. Error: usage. */
export const readFilters = (given: readonly string[]): AttributeFilters => {
  const filters = new Map<string, Scalar | Scalar[] | Bounds>();
  for (const filter of given) {
    const { name, condition } = readCondition(filter);
    const before = filters.get(name);
    if (before === undefined) filters.set(name, condition);
    else if (isBounds(before) && isBounds(condition)) filters.set(name, { ...before, ...condition });
    else throw wrong(filter, `is a second condition on ${name}`);
  }
  return Object.fromEntries(filters);
};
