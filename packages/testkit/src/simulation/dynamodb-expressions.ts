/** An item, or the values and names of an expression, as the document client passes them. */
export type Item = Record<string, unknown>;

/** What an expression refers to. */
export interface Scope {
  item: Item | undefined;
  names: Record<string, string>;
  values: Item;
}

const TOKEN = /\s*(<=|>=|<>|[()=<>,+-]|[#:]?[A-Za-z_][A-Za-z0-9_]*)/y;

const tokensOf = (expression: string): string[] => {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < expression.trimEnd().length) {
    const found = TOKEN.exec(expression);
    if (found === null) throw new Error(`The simulated table cannot read "${expression}"`);
    tokens.push(found[1] as string);
  }
  return tokens;
};

type Comparable = string | number;

const COMPARISONS: Record<string, (left: unknown, right: unknown) => boolean> = {
  '=': (left, right) => left === right,
  '<>': (left, right) => left !== right,
  '<': (left, right) => (left as Comparable) < (right as Comparable),
  '>': (left, right) => (left as Comparable) > (right as Comparable),
  '<=': (left, right) => (left as Comparable) <= (right as Comparable),
  '>=': (left, right) => (left as Comparable) >= (right as Comparable),
};

/** Reads the part of DynamoDB's language that the adapters use, by recursive descent. */
class Reader {
  readonly #tokens: string[];
  readonly #scope: Scope;

  constructor(expression: string, scope: Scope) {
    this.#tokens = tokensOf(expression);
    this.#scope = scope;
  }

  get isAtEnd(): boolean {
    return this.#tokens.length === 0;
  }

  take(expected?: string): string {
    const token = this.#tokens.shift();
    if (token === undefined || (expected !== undefined && token !== expected))
      throw new Error(`The simulated table expected ${expected ?? 'more'}, not ${token ?? 'the end'}`);
    return token;
  }

  takeIf(token: string): boolean {
    if (this.#tokens[0] !== token) return false;
    this.#tokens.shift();
    return true;
  }

  or(): boolean {
    let holds = this.#and();
    while (this.takeIf('OR')) holds = this.#and() || holds;
    return holds;
  }

  #and(): boolean {
    let holds = this.#condition();
    while (this.takeIf('AND')) holds = this.#condition() && holds;
    return holds;
  }

  #condition(): boolean {
    if (this.takeIf('NOT')) return !this.#condition();
    if (this.takeIf('(')) {
      const holds = this.or();
      this.take(')');
      return holds;
    }
    for (const name of ['attribute_exists', 'attribute_not_exists', 'begins_with', 'contains'])
      if (this.takeIf(name)) return this.#called(name);
    const left = this.operand();
    if (this.takeIf('BETWEEN')) return this.#isBetween(left);
    const compare = COMPARISONS[this.take()];
    const right = this.operand();
    // A comparison with what is not there never holds.
    return left !== undefined && right !== undefined && compare?.(left, right) === true;
  }

  #isBetween(value: unknown): boolean {
    const least = this.operand();
    this.take('AND');
    const most = this.operand();
    if (value === undefined) return false;
    return (value as Comparable) >= (least as Comparable) && (value as Comparable) <= (most as Comparable);
  }

  #called(name: string): boolean {
    this.take('(');
    const value = this.operand();
    const part = this.takeIf(',') ? this.operand() : undefined;
    this.take(')');
    if (name === 'begins_with') return typeof value === 'string' && value.startsWith(String(part));
    if (name === 'contains')
      return value instanceof Set
        ? value.has(part)
        : typeof value === 'string' && value.includes(String(part));
    return (value !== undefined) === (name === 'attribute_exists');
  }

  path(): string {
    const token = this.take();
    return token.startsWith('#') ? (this.#scope.names[token] ?? token) : token;
  }

  operand(): unknown {
    if (this.takeIf('if_not_exists')) {
      this.take('(');
      const present = this.operand();
      this.take(',');
      const otherwise = this.operand();
      this.take(')');
      return present ?? otherwise;
    }
    if (this.#tokens[0]?.startsWith(':') === true) return this.#scope.values[this.take()];
    const name = this.path();
    return this.#scope.item?.[name];
  }

  sum(): unknown {
    const left = this.operand();
    if (this.takeIf('+')) return Number(left) + Number(this.operand());
    return this.takeIf('-') ? Number(left) - Number(this.operand()) : left;
  }
}

/** Whether a condition holds; no condition always does. */
export const holds = (expression: string | undefined, scope: Scope): boolean =>
  expression === undefined || new Reader(expression, scope).or();

// ADD joins sets and sums numbers.
const added = (before: unknown, value: unknown): unknown =>
  value instanceof Set
    ? new Set([...((before as Set<unknown> | undefined) ?? []), ...value])
    : Number(before ?? 0) + Number(value);

const SECTIONS = ['SET', 'REMOVE', 'ADD'];

/** The item after an update; every expression sees the item as it was. */
export const updated = (expression: string, scope: Scope): Item => {
  const reader = new Reader(expression, scope);
  const after = { ...scope.item };
  let section = '';
  while (!reader.isAtEnd) {
    const begun = SECTIONS.find((name) => reader.takeIf(name));
    if (begun === undefined) reader.takeIf(',');
    else section = begun;
    const name = reader.path();
    if (section === 'REMOVE') Reflect.deleteProperty(after, name);
    else if (section === 'ADD') after[name] = added(scope.item?.[name], reader.operand());
    else {
      reader.take('=');
      after[name] = reader.sum();
    }
  }
  return after;
};
