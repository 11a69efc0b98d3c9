import type { JsonSchema } from '../../tools/contracts/load-schemas.ts';

/** A keyword or a shape that leaves the size of a value open. */
export class Unbounded extends Error {}

interface Atom {
  source: string;
  min: number;
  max: number;
}

// JSON writes a control character and a lone surrogate in six bytes: no character takes more.
const WIDEST = ['\u0001', '"', '\\', '\u{1f600}'];
const PRINTABLE = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index));

const jsonBytes = (text: string): number => Buffer.byteLength(JSON.stringify(text)) - 2;
const CHARACTERS = [...WIDEST, ...PRINTABLE].sort((left, right) => jsonBytes(right) - jsonBytes(left));

const widestOf = (atom: string): string => {
  const matches = new RegExp(`^(?:${atom})$`, 'u');
  const found = CHARACTERS.find((character) => matches.test(character));
  if (found === undefined) throw new Error(`No character fits ${atom}`);
  return found;
};

const ATOM = /(\[(?:\\.|[^\]\\])*\]|\\.|[^\\[\](){}*+?^$|])(?:([*+?])|\{(\d+)(?:(,)(\d*))?\})?/uy;

const countsOf = ([, , sign, low, comma, high]: RegExpExecArray): Omit<Atom, 'source'> => {
  if (sign !== undefined) return { min: sign === '+' ? 1 : 0, max: sign === '?' ? 1 : Infinity };
  if (low === undefined) return { min: 1, max: 1 };
  const max = comma === undefined ? Number(low) : high === '' ? Infinity : Number(high);
  return { min: Number(low), max };
};

/** The parts of a pattern of our schemas: an anchored row of characters and classes, each with its count. */
const atomsOf = (pattern: string): Atom[] => {
  if (!pattern.startsWith('^') || !pattern.endsWith('$')) throw new Unbounded(`${pattern} is not anchored`);
  const body = pattern.slice(1, -1);
  const atoms: Atom[] = [];
  ATOM.lastIndex = 0;
  while (ATOM.lastIndex < body.length) {
    const at = ATOM.lastIndex;
    const match = ATOM.exec(body);
    if (match === null) throw new Error(`${pattern} is not understood at ${body.slice(at)}`);
    atoms.push({ source: match[1]!, ...countsOf(match) });
  }
  return atoms;
};

const longestMatch = (pattern: string, maxLength: number): string => {
  const atoms = atomsOf(pattern);
  let slack = maxLength - atoms.reduce((sum, { min }) => sum + min, 0);
  const widestFirst = [...atoms].sort((left, right) => {
    return jsonBytes(widestOf(right.source)) - jsonBytes(widestOf(left.source));
  });
  const counts = new Map<Atom, number>();
  for (const atom of widestFirst) {
    const more = Math.min(atom.max - atom.min, slack);
    if (more === Infinity) throw new Unbounded(`${pattern} needs a maxLength`);
    slack -= more;
    counts.set(atom, atom.min + more);
  }
  return atoms.map((atom) => widestOf(atom.source).repeat(counts.get(atom)!)).join('');
};

const FORMATS: Record<string, (maxLength: number) => string> = {
  'date-time': (maxLength) => {
    const seconds = '2026-03-01T12:00:00.';
    const zone = '+00:00';
    return `${seconds}${'0'.repeat(maxLength - seconds.length - zone.length)}${zone}`;
  },
  uuid: () => '123e4567-e89b-12d3-a456-426614174000',
  uri: (maxLength) => `https://${'a'.repeat(maxLength - 8)}`,
};

const largestString = ({ maxLength, pattern, format }: JsonSchema): string => {
  const length = typeof maxLength === 'number' ? maxLength : Infinity;
  if (typeof pattern === 'string') return longestMatch(pattern, length);
  if (length === Infinity && format !== 'uuid') throw new Unbounded('A string needs a maxLength');
  if (typeof format === 'string') return FORMATS[format]!(length);
  return widestOf('[^]').repeat(length);
};

// The integer with the longest text that JSON.stringify gives, where the schema leaves it open.
const LONGEST_NUMBER = 1.2345678901234567e300;

const largestNumber = ({ maximum }: JsonSchema): number =>
  typeof maximum === 'number' ? maximum : LONGEST_NUMBER;

const largestObject = ({ properties }: JsonSchema, path: string): unknown => {
  if (properties === undefined) throw new Unbounded('A map is of any size');
  const entries = Object.entries(properties).map(([name, inner]) => [
    name,
    largestValue(inner, `${path}/${name}`),
  ]);
  return Object.fromEntries(entries) as unknown;
};

const largestArray = ({ items, maxItems }: JsonSchema, path: string): unknown[] => {
  if (typeof maxItems !== 'number' || items === undefined) throw new Unbounded('An array needs maxItems');
  return Array.from({ length: maxItems }, () => largestValue(items, `${path}/0`));
};

const sizeOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));
const largestOf = (values: unknown[]): unknown =>
  values.reduce((left, right) => (sizeOf(right) > sizeOf(left) ? right : left));

const OF_TYPE: Record<string, (schema: JsonSchema, path: string) => unknown> = {
  string: largestString,
  object: largestObject,
  array: largestArray,
  boolean: () => false,
  null: () => null,
  integer: largestNumber,
  number: largestNumber,
};

const choose = (schema: JsonSchema, path: string): unknown => {
  if ('const' in schema) return schema['const'];
  if (Array.isArray(schema['enum'])) return largestOf(schema['enum']);
  if (Array.isArray(schema['oneOf'])) {
    return largestOf(schema['oneOf'].map((inner) => largestValue(inner, path)));
  }
  const largest = OF_TYPE[schema.type ?? ''];
  if (largest === undefined) throw new Unbounded('A value without a type is of any size');
  return largest(schema, path);
};

/** The value of a producer that takes the most bytes as JSON. Error: {@link Unbounded} with the path of what is open. */
export function largestValue(schema: JsonSchema, path = ''): unknown {
  try {
    return choose(schema, path);
  } catch (error) {
    if (!(error instanceof Unbounded) || error.message.startsWith('/')) throw error;
    throw new Unbounded(`${path}: ${error.message}`, { cause: error });
  }
}
