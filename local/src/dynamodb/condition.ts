import { isDeepStrictEqual } from 'node:util';
import dynalite, {
  type AttributeValue,
  type Expression,
  type Item,
  type Operand,
} from 'dynalite/db/index.js';

type Value = AttributeValue | undefined;

const typeOf = (value: AttributeValue): string => Object.keys(value)[0] ?? '';

const isExpression = (operand: Operand): operand is Expression =>
  !Array.isArray(operand) && typeof operand.type === 'string' && Array.isArray(operand.args);

const sizeOf = (value: Value): Value => {
  if (value === undefined) return undefined;
  const type = typeOf(value);
  const content = value[type];
  if (type === 'B') return { N: String(Buffer.from(content as string, 'base64').length) };
  if (type === 'S') return { N: String(Buffer.byteLength(content as string)) };
  if (Array.isArray(content)) return { N: String(content.length) };
  return type === 'M' ? { N: String(Object.keys(content as object).length) } : undefined;
};

const resolve = (operand: Operand | undefined, item: Item): Value => {
  if (operand === undefined) return undefined;
  if (Array.isArray(operand)) return dynalite.mapPath(operand, item) ?? undefined;
  if (isExpression(operand)) return sizeOf(resolve(operand.args[0], item));
  return operand;
};

/** Sets are equal in any order, maps and lists are compared to the bottom. */
const isEqual = (left: AttributeValue, right: AttributeValue): boolean => {
  const type = typeOf(left);
  if (type !== typeOf(right)) return false;
  if (!['SS', 'NS', 'BS'].includes(type)) return isDeepStrictEqual(plain(left), plain(right));
  const [one, other] = [left[type] as string[], right[type] as string[]];
  return one.length === other.length && one.every((member) => other.includes(member));
};

// the parser makes objects without a prototype, the store objects with one
const plain = (value: AttributeValue): unknown => JSON.parse(JSON.stringify(value));

const bytes = (value: AttributeValue): Buffer => Buffer.from(value.B as string, 'base64');

const contains = (value: AttributeValue, sought: AttributeValue): boolean => {
  const members = value.L as AttributeValue[] | undefined;
  if (members !== undefined) return members.some((member) => isEqual(member, sought));
  if (value.B !== undefined && sought.B !== undefined) return bytes(value).includes(bytes(sought));
  return dynalite.compare('contains', value, [sought]);
};

const beginsWith = (value: AttributeValue, prefix: AttributeValue): boolean =>
  value.B !== undefined && prefix.B !== undefined
    ? bytes(value).indexOf(bytes(prefix)) === 0
    : dynalite.compare('begins_with', value, [prefix]);

/** A comparison of attributes that are all there. */
const compareValues = (comparator: string, left: AttributeValue, others: AttributeValue[]): boolean => {
  const [right] = others;
  if (right === undefined) return false;
  if (comparator === '=') return isEqual(left, right);
  if (comparator === '<>') return !isEqual(left, right);
  if (comparator === 'contains') return contains(left, right);
  if (comparator === 'begins_with') return beginsWith(left, right);
  return dynalite.compare(comparator, left, others);
};

const compareOperands = (comparator: string, left: Value, others: Value[]): boolean => {
  if (comparator === 'attribute_exists') return left !== undefined;
  if (comparator === 'attribute_not_exists') return left === undefined;
  const given = others.filter((other) => other !== undefined);
  if (left === undefined || (given.length < others.length && comparator !== 'in')) return comparator === '<>';
  if (comparator === 'in') return given.some((other) => isEqual(left, other));
  return compareValues(comparator, left, given);
};

/**
 * Whether `item` satisfies a parsed condition or filter. dynalite's own evaluation takes two equal maps or lists for
 * different, two missing attributes for equal, and bytes for text; AWS does not.
 */
export const matches = (expression: Expression, item: Item): boolean => {
  const operands = expression.args;
  const nested = (index: number): boolean => matches(operands[index] as Expression, item);
  if (expression.type === 'and') return nested(0) && nested(1);
  if (expression.type === 'or') return nested(0) || nested(1);
  if (expression.type === 'not') return !nested(0);
  const [left, ...others] = operands.map((operand) => resolve(operand, item));
  const comparator = expression.type === 'function' ? (expression.name ?? '') : expression.type;
  return compareOperands(comparator, left, others);
};

/** A filter that lets everything pass, to keep dynalite from filtering by itself. */
export const ALWAYS: Expression = { type: '=', args: [{ N: '1' }, { N: '1' }] };
