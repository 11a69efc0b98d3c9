import { compileCidr, parseIp } from './ip-address.ts';
import { refusePattern } from './pattern-error.ts';
import { compileWildcard } from './wildcard.ts';

/** A leaf of an event. */
export type Leaf = string | number | boolean | null;

/** One alternative of a field in a pattern: a test of its values, or the demand that there be none. */
export type FieldTest = ((value: Leaf) => boolean) | 'absent';

type TextTest = (text: string) => boolean;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const fold = (text: string): string => text.toLowerCase();

const onText =
  (test: TextTest): FieldTest =>
  (value) =>
    typeof value === 'string' && test(value);

const textOf = (operator: string, argument: unknown): string =>
  typeof argument === 'string' ? argument : refusePattern(`${operator} match pattern must be a string`);

/** A match expression is an object of one key. */
const singleEntry = (expression: Record<string, unknown>): [operator: string, argument: unknown] => {
  const [entry, more] = Object.entries(expression);
  if (more !== undefined) return refusePattern('Only one key allowed in match expression');
  return entry ?? refusePattern('Match expression name not found');
};

/** prefix and suffix, which may be told to ignore case. */
const compileAffix = (operator: 'prefix' | 'suffix', argument: unknown): FieldTest => {
  const compare = operator === 'prefix' ? 'startsWith' : 'endsWith';
  if (!isObject(argument)) {
    const affix = textOf(operator, argument);
    return onText((text) => text[compare](affix));
  }
  const [inner, affix] = singleEntry(argument);
  if (inner !== 'equals-ignore-case') return refusePattern(`Unsupported ${operator} pattern: ${inner}`);
  const folded = fold(textOf(inner, affix));
  return onText((text) => fold(text)[compare](folded));
};

const COMPARISONS: Record<string, (value: number, bound: number) => boolean> = {
  '=': (value, bound) => value === bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
};

const compileComparison = (operator: unknown, bound: unknown): ((value: number) => boolean) => {
  const compare = COMPARISONS[String(operator)];
  if (compare === undefined) return refusePattern(`Unrecognized numeric range operator: ${String(operator)}`);
  if (typeof bound !== 'number')
    return refusePattern(`Value of ${operator === '=' ? 'equals' : String(operator)} must be numeric`);
  if (!Number.isFinite(bound)) return refusePattern(`Cannot compare number : ${bound}`);
  return (value) => compare(value, bound);
};

const compileNumeric = (argument: unknown): FieldTest => {
  if (!Array.isArray(argument)) return refusePattern('Value of numeric must be an array.');
  if (argument.length === 0) return refusePattern('Invalid member in numeric match: ]');
  const [operator, bound, secondOperator, secondBound] = argument as unknown[];
  const first = compileComparison(operator, bound);
  const test =
    (within: (value: number) => boolean): FieldTest =>
    (value) =>
      typeof value === 'number' && within(value);
  if (argument.length <= 2) return test(first);
  // a range is written from its lower to its upper end
  if (operator === '=' || String(operator).startsWith('<'))
    return refusePattern('Too many elements in numeric expression');
  if (!String(secondOperator).startsWith('<'))
    return refusePattern(`Bad numeric range operator: ${String(secondOperator)}`);
  const second = compileComparison(secondOperator, secondBound);
  if (Number(bound) >= Number(secondBound)) return refusePattern('Bottom must be less than top');
  if (argument.length > 4) return refusePattern('Too many terms in numeric range expression');
  return test((value) => first(value) && second(value));
};

const refusedTexts: Record<string, (pattern: string) => TextTest> = {
  prefix: (pattern) => (text) => text.startsWith(pattern),
  suffix: (pattern) => (text) => text.endsWith(pattern),
  'equals-ignore-case': (pattern) => {
    const folded = fold(pattern);
    return (text) => fold(text) === folded;
  },
  wildcard: compileWildcard,
};

const compileAnythingButText = (expression: Record<string, unknown>): FieldTest => {
  const [operator, argument] = singleEntry(expression);
  const compile = Object.hasOwn(refusedTexts, operator) ? refusedTexts[operator] : undefined;
  if (compile === undefined) return refusePattern(`Unsupported anything-but pattern: ${operator}`);
  const patterns: unknown[] = Array.isArray(argument) ? argument : [argument];
  if (patterns.length === 0) return refusePattern('Empty arrays are not allowed');
  const isAffix = operator === 'prefix' || operator === 'suffix';
  const tests = patterns.map((pattern) => {
    if (isAffix && pattern === '') return refusePattern('Null prefix/suffix not allowed');
    return compile(textOf(isAffix ? 'prefix/suffix' : operator, pattern));
  });
  return (value) => typeof value !== 'string' || !tests.some((refuses) => refuses(value));
};

const compileAnythingBut = (argument: unknown): FieldTest => {
  if (isObject(argument)) return compileAnythingButText(argument);
  const values: unknown[] = Array.isArray(argument) ? argument : [argument];
  if (values.length === 0) return refusePattern('Empty arrays are not allowed');
  const isUniform = ['string', 'number'].some((type) => values.every((value) => typeof value === type));
  if (!isUniform)
    return refusePattern(
      'Inside anything but list, either all values are number or string, mixed type is not supported',
    );
  const refused = new Set(values);
  return (value) => !refused.has(value);
};

const compileExists = (argument: unknown): FieldTest => {
  if (typeof argument !== 'boolean')
    return refusePattern('exists match pattern must be either true or false.');
  return argument ? () => true : 'absent';
};

const compileExact = (text: string): FieldTest => {
  const address = parseIp(text);
  if (address === undefined) return (value) => value === text;
  // an address in a pattern stands for all its spellings
  return onText((value) => {
    const candidate = parseIp(value);
    return value === text || (candidate?.bits === address.bits && candidate.value === address.value);
  });
};

const OPERATORS: Record<string, (argument: unknown) => FieldTest> = {
  exactly: (argument) => {
    const text = textOf('exact', argument);
    return (value) => value === text;
  },
  prefix: (argument) => compileAffix('prefix', argument),
  suffix: (argument) => compileAffix('suffix', argument),
  'equals-ignore-case': (argument) => {
    const folded = fold(textOf('equals-ignore-case', argument));
    return onText((text) => fold(text) === folded);
  },
  wildcard: (argument) => onText(compileWildcard(textOf('wildcard', argument))),
  numeric: compileNumeric,
  cidr: (argument) => onText(compileCidr(textOf('cidr', argument))),
  exists: compileExists,
  'anything-but': compileAnythingBut,
};

/** Names that mean an operator, and so cannot be fields beside a $or. */
export const RESERVED_NAMES = new Set([...Object.keys(OPERATORS), '=', '<', '<=', '>', '>=', 'regex']);

/** Compiles one element of a field's array. */
export const compileFieldTest = (alternative: unknown): FieldTest => {
  if (typeof alternative === 'string') return compileExact(alternative);
  if (isObject(alternative)) {
    const [operator, argument] = singleEntry(alternative);
    const compile = Object.hasOwn(OPERATORS, operator) ? OPERATORS[operator] : undefined;
    return compile === undefined ? refusePattern(`Unrecognized match type ${operator}`) : compile(argument);
  }
  if (alternative === null || typeof alternative === 'boolean' || typeof alternative === 'number')
    return (value) => value === alternative;
  return refusePattern('Match value must be String, number, true, false, or null');
};
