import type { Random } from './random.ts';

const LENGTHS = [0, 1, 2, 0x7f, 0xff, 0xffff, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff];

const joined = (...parts: Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));

type Change = (bytes: Uint8Array, random: Random) => Uint8Array;

const part = (bytes: Uint8Array, random: Random): [start: number, end: number] => {
  const start = random.below(bytes.length);
  return [start, start + 1 + random.below(Math.min(64, bytes.length - start))];
};

const flip: Change = (bytes, random) => {
  const at = random.below(bytes.length);
  return bytes.with(at, (bytes[at] as number) ^ (1 << random.below(8)));
};

const lie: Change = (bytes, random) => {
  if (bytes.length < 4) return flip(bytes, random);
  const copy = bytes.slice();
  const at = random.below(2) === 0 ? random.below(bytes.length - 3) : 4 * random.below(bytes.length >> 2);
  new DataView(copy.buffer).setUint32(at, random.pick(LENGTHS) + random.below(2), true);
  return copy;
};

const truncate: Change = (bytes, random) => bytes.slice(0, random.below(bytes.length));

const extend: Change = (bytes, random) =>
  joined(
    bytes,
    Uint8Array.from({ length: 1 + random.below(40) }, () => random.below(256)),
  );

const remove: Change = (bytes, random) => {
  const [start, end] = part(bytes, random);
  return joined(bytes.subarray(0, start), bytes.subarray(end));
};

const repeat: Change = (bytes, random) => {
  const [start, end] = part(bytes, random);
  return joined(bytes.subarray(0, end), bytes.subarray(start));
};

const splice: Change = (bytes, random) => {
  const copy = bytes.slice();
  const [start, end] = part(bytes, random);
  copy.set(bytes.subarray(start, end).slice(0, bytes.length), random.below(bytes.length - (end - start) + 1));
  return copy;
};

const fill: Change = (bytes, random) => {
  const [start, end] = part(bytes, random);
  return bytes.slice().fill(random.pick([0, 0x80, 0xff]), start, end);
};

const CHANGES = [flip, flip, lie, lie, truncate, extend, remove, repeat, splice, fill];

/** Bytes that differ, one to three times changed: bits, lengths, ends, pieces. Never the same bytes. */
export const mutateBytes = (bytes: Uint8Array, random: Random): Uint8Array => {
  let mutated = bytes;
  for (let left = 1 + random.below(3); left > 0 && mutated.length > 0; left -= 1)
    mutated = random.pick(CHANGES)(mutated, random);
  if (Buffer.compare(mutated, bytes) !== 0) return mutated;
  return bytes.length > 0 ? flip(bytes, random) : Uint8Array.of(random.below(256));
};

/** The same, of the same length. */
export const mutateInPlace = (bytes: Uint8Array, random: Random): Uint8Array => {
  const mutated = random.pick([flip, flip, lie, splice, fill])(bytes, random);
  return Buffer.compare(mutated, bytes) === 0 ? flip(bytes, random) : mutated;
};

const VALUES: readonly unknown[] = [
  null,
  true,
  -1,
  0,
  1.5,
  2 ** 31,
  2 ** 32,
  2 ** 53,
  1e300,
  '',
  'x',
  '__proto__',
  'a'.repeat(5000),
  [],
  [null],
  {},
  { length: 4e9 },
];

const entriesOf = (value: unknown): [string, unknown][] =>
  typeof value === 'object' && value !== null ? Object.entries(value) : [];

const replaced = (value: unknown, key: string, change: unknown): unknown => {
  if (Array.isArray(value))
    return value.map((one, index) => (String(index) === key ? change : (one as unknown)));
  return Object.fromEntries(entriesOf(value).map(([name, one]) => [name, name === key ? change : one]));
};

const without = (value: unknown, key: string): unknown =>
  Array.isArray(value)
    ? value.filter((_, index) => String(index) !== key)
    : Object.fromEntries(entriesOf(value).filter(([name]) => name !== key));

const nudged = (value: unknown, random: Random): unknown => {
  if (typeof value === 'number') return value + random.pick([-1, 1, 4, 1000]);
  return typeof value === 'string' ? value.slice(1) + random.pick(['', 'A', '\ud800']) : random.pick(VALUES);
};

/** A JSON value with one node replaced, nudged, taken away or doubled. */
export const mutateJson = (value: unknown, random: Random): unknown => {
  const entries = entriesOf(value);
  if (entries.length === 0) return random.pick(VALUES);
  const [key, inner] = random.pick(entries);
  const isDeeper = entriesOf(inner).length > 0 && random.below(4) > 0;
  if (isDeeper) return replaced(value, key, mutateJson(inner, random));
  const action = random.below(5);
  if (action === 0) return without(value, key);
  if (action === 1 && Array.isArray(value)) return [...(value as unknown[]), inner];
  return replaced(value, key, action < 4 ? nudged(inner, random) : random.pick(VALUES));
};
