import type { Hurt, JsonSchema } from '@alluvium/schema-diff';

/** A change to a schema and whom it hurts. */
export interface KnownChange {
  title: string;
  old: JsonSchema;
  now: JsonSchema;
  /** Empty for a compatible change. */
  breaks: Hurt[];
  /** A value that shows the break where no generator finds one. */
  witness?: unknown;
}

const object = (properties: Record<string, JsonSchema>, required: string[] = []): JsonSchema => ({
  type: 'object',
  ...(required.length > 0 && { required }),
  properties,
});
const text: JsonSchema = { type: 'string' };
const whole = (bounds: JsonSchema = {}): JsonSchema => ({ type: 'integer', ...bounds });

/** A change of one required field. */
const field = (title: string, old: JsonSchema, now: JsonSchema, ...breaks: Hurt[]): KnownChange => ({
  title,
  old: object({ id: text, value: old }, ['id', 'value']),
  now: object({ id: text, value: now }, ['id', 'value']),
  breaks,
});

/** A change of a whole schema. */
const change = (title: string, old: JsonSchema, now: JsonSchema, ...breaks: Hurt[]): KnownChange => ({
  title,
  old,
  now,
  breaks,
});

const ab = object({ a: text, b: text }, ['a']);
const inner = (extra: Record<string, JsonSchema>, required: string[]): JsonSchema =>
  object({ nested: object({ a: text, ...extra }, required) }, ['nested']);

const properties: KnownChange[] = [
  change('adds an optional property', ab, object({ a: text, b: text, c: whole() }, ['a'])),
  change('adds a required property', ab, object({ a: text, b: text, c: text }, ['a', 'c']), 'new-readers'),
  change('removes an optional property', ab, object({ a: text }, ['a']), 'meaning'),
  change('removes a required property', ab, object({ b: text }), 'old-readers'),
  change('renames an optional property', ab, object({ a: text, d: text }, ['a']), 'meaning'),
  change('makes a required property optional', ab, object({ a: text, b: text }), 'old-readers'),
  change('makes an optional property required', ab, object({ a: text, b: text }, ['a', 'b']), 'new-readers'),
  change('reorders properties', ab, object({ b: text, a: text }, ['a'])),
  change('adds an optional nested property', inner({}, ['a']), inner({ b: text }, ['a'])),
  change('adds a required nested property', inner({}, ['a']), inner({ b: text }, ['a', 'b']), 'new-readers'),
  change('adds a whole optional object', ab, object({ ...ab.properties, c: inner({}, ['a']) }, ['a'])),
  {
    ...field('declares a property of a free map', { type: 'object' }, object({ a: text }), 'new-readers'),
    witness: { id: 'x', value: { a: 1 } },
  },
];

const values: KnownChange[] = [
  field('changes a type', text, whole(), 'old-readers', 'new-readers'),
  field('widens integer to number', whole(), { type: 'number' }, 'old-readers'),
  field('narrows number to integer', { type: 'number' }, whole(), 'new-readers'),
  field(
    'grows an enum',
    { type: 'string', enum: ['a', 'b'] },
    { type: 'string', enum: ['a', 'b', 'c'] },
    'old-readers',
  ),
  field(
    'shrinks an enum',
    { type: 'string', enum: ['a', 'b'] },
    { type: 'string', enum: ['a'] },
    'new-readers',
  ),
  field('reorders an enum', { type: 'string', enum: ['a', 'b'] }, { type: 'string', enum: ['b', 'a'] }),
  field('opens an enum', { type: 'string', enum: ['a'] }, text, 'old-readers'),
  field('closes a string', text, { type: 'string', enum: ['a', 'b'] }, 'new-readers'),
  field('changes a const', { const: 'a' }, { const: 'b' }, 'old-readers', 'new-readers'),
  field('writes a const as an enum of one', { type: 'string', const: 'a' }, { type: 'string', enum: ['a'] }),
  field(
    'changes a pattern',
    { type: 'string', pattern: '^[a-f]{4}$' },
    { type: 'string', pattern: '^[u-z]{4}$' },
    'old-readers',
    'new-readers',
  ),
  field('adds a pattern', text, { type: 'string', pattern: '^[0-9]{8}$' }, 'new-readers'),
  field('removes a pattern', { type: 'string', pattern: '^[0-9]{8}$' }, text, 'old-readers'),
  field('adds a format', text, { type: 'string', format: 'date-time' }, 'new-readers'),
  field(
    'changes a format',
    { type: 'string', format: 'uuid' },
    { type: 'string', format: 'uri' },
    'old-readers',
    'new-readers',
  ),
  field(
    'raises a minimum',
    whole({ minimum: 0, maximum: 9 }),
    whole({ minimum: 4, maximum: 9 }),
    'new-readers',
  ),
  field(
    'lowers a minimum',
    whole({ minimum: 4, maximum: 9 }),
    whole({ minimum: 0, maximum: 9 }),
    'old-readers',
  ),
  field(
    'raises a maximum',
    whole({ minimum: 0, maximum: 4 }),
    whole({ minimum: 0, maximum: 9 }),
    'old-readers',
  ),
  field(
    'lowers a maximum',
    whole({ minimum: 0, maximum: 9 }),
    whole({ minimum: 0, maximum: 4 }),
    'new-readers',
  ),
  field('adds a bound', whole(), whole({ maximum: 4 }), 'new-readers'),
  field('removes a bound', whole({ minimum: 0, maximum: 4 }), whole({ minimum: 0 }), 'old-readers'),
  field(
    'shortens a string',
    { type: 'string', maxLength: 30 },
    { type: 'string', maxLength: 3 },
    'new-readers',
  ),
  field('demands a length', text, { type: 'string', minLength: 40 }, 'new-readers'),
  field('spells out a length of at least 0', text, { type: 'string', minLength: 0 }),
  field(
    'narrows an integer to nothing new',
    { allOf: [whole({ minimum: 2 }), { minimum: 1 }] },
    whole({ minimum: 2 }),
  ),
];

const list = (items: JsonSchema): JsonSchema => ({ type: 'array', minItems: 1, items });
const tagged = (tag: string, extra: Record<string, JsonSchema> = {}): JsonSchema =>
  object({ tag: { type: 'string', const: tag }, ...extra }, ['tag', ...Object.keys(extra)]);
const withDefs = (
  name: string,
  schema: JsonSchema,
  use: JsonSchema = { $ref: `#/$defs/${name}` },
): JsonSchema => ({
  ...object({ value: use }, ['value']),
  $defs: { [name]: schema },
});
const narrowed = (keyword: JsonSchema): JsonSchema =>
  withDefs('thing', ab, { allOf: [{ $ref: '#/$defs/thing' }, { properties: { a: keyword } }] });
const tree = (extra: Record<string, JsonSchema>, required: string[] = []): JsonSchema => ({
  ...object({ name: text, children: { type: 'array', maxItems: 2, items: { $ref: '#' } }, ...extra }, [
    'name',
    ...required,
  ]),
});

const structure: KnownChange[] = [
  field('changes the type of items', list(text), list(whole()), 'old-readers', 'new-readers'),
  field('adds an optional property to items', list(ab), list(object({ ...ab.properties, c: text }, ['a']))),
  field(
    'makes a property of items required',
    list(ab),
    list(object(ab.properties!, ['a', 'b'])),
    'new-readers',
  ),
  field('demands more items', list(text), { ...list(text), minItems: 6 }, 'new-readers'),
  change('renames a definition', withDefs('old', ab), withDefs('new', ab)),
  change('moves a definition inline', withDefs('thing', ab), object({ value: ab }, ['value'])),
  change(
    'changes a definition',
    withDefs('thing', ab),
    withDefs('thing', object({ a: whole(), b: text }, ['a'])),
    'old-readers',
    'new-readers',
  ),
  change('narrows a reference', withDefs('thing', ab), narrowed({ const: 'files' }), 'new-readers'),
  change('lifts a narrowing', narrowed({ const: 'files' }), withDefs('thing', ab), 'old-readers'),
  change(
    'writes a narrowing out',
    narrowed({ const: 'files' }),
    object({ value: object({ a: { type: 'string', const: 'files' }, b: text }, ['a']) }, ['value']),
  ),
  field(
    'adds a variant',
    { oneOf: [tagged('a'), tagged('b')] },
    { oneOf: [tagged('a'), tagged('b'), tagged('c')] },
    'old-readers',
  ),
  field('removes a variant', { oneOf: [tagged('a'), tagged('b')] }, { oneOf: [tagged('a')] }, 'new-readers'),
  field('reorders variants', { oneOf: [tagged('a'), tagged('b')] }, { oneOf: [tagged('b'), tagged('a')] }),
  field(
    'changes a property of a variant',
    { oneOf: [tagged('a', { n: text }), tagged('b')] },
    { oneOf: [tagged('a', { n: whole() }), tagged('b')] },
    'old-readers',
    'new-readers',
  ),
  change('adds an optional property to a recursive schema', tree({}), tree({ note: text })),
  change(
    'adds a required property to a recursive schema',
    tree({}),
    tree({ note: text }, ['note']),
    'new-readers',
  ),
];

const known = (...names: string[]): JsonSchema => ({ type: 'string', 'x-known-values': names });
const marked = (annotation: JsonSchema): JsonSchema => ({ ...ab, ...annotation });

const annotations: KnownChange[] = [
  field('learns a known value', known('a'), known('a', 'b')),
  field('forgets a known value', known('a', 'b'), known('a'), 'meaning'),
  change(
    'changes words only',
    marked({ title: 'A', description: 'Old.' }),
    marked({ title: 'B', examples: [{ a: 'x' }] }),
  ),
  change('deprecates a property', ab, object({ a: text, b: { ...text, deprecated: true } }, ['a'])),
  change(
    'changes the identity',
    marked({ 'x-identity': ['a'] }),
    marked({ 'x-identity': ['a', 'b'] }),
    'meaning',
  ),
  change('widens the audience', ab, marked({ 'x-audience': 'external' })),
  change('narrows the audience', marked({ 'x-audience': 'external' }), ab, 'meaning'),
  change(
    'changes the encoding',
    marked({ 'x-encoding': 'json' }),
    marked({ 'x-encoding': 'jsonl+gzip' }),
    'meaning',
  ),
  change('begins to be stored', ab, marked({ 'x-encoding': 'json' })),
  change('is stored no more', marked({ 'x-encoding': 'json' }), ab, 'meaning'),
  change('changes the owner', ab, marked({ 'x-owner': 'search' })),
  change('adds an annotation of its own', ab, marked({ 'x-colour': 'blue' })),
];

/** Changes of every kind with known verdicts. */
export const knownChanges: KnownChange[] = [...properties, ...values, ...structure, ...annotations];
