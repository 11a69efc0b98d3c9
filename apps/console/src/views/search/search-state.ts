/** How an attribute is compared. */
export type Operator = '=' | 'in' | '>' | '>=' | '<' | '<=';

/** A condition as it is written. */
export interface Condition {
  name: string;
  operator: Operator;
  value: string;
}

/** All of a search that the URL holds. */
export interface SearchState {
  q: string;
  collection: string;
  k: string;
  mode: string;
  recall: string;
  fusion: string;
  consistency: string;
  asOf: string;
  entity: string;
  since: string;
  until: string;
  conditions: Condition[];
}

/** What is searched when nothing is said; it is left out of the URL. */
export const DEFAULTS: Omit<SearchState, 'conditions'> = {
  q: '',
  collection: 'docs',
  k: '10',
  mode: 'hybrid',
  recall: '0.99',
  fusion: 'min-max',
  consistency: 'tail',
  asOf: '',
  entity: '',
  since: '',
  until: '',
};

type Name = keyof typeof DEFAULTS;

const NAMES = Object.keys(DEFAULTS) as Name[];
const BOUNDS: Partial<Record<Operator, string>> = { '>': 'gt', '>=': 'gte', '<': 'lt', '<=': 'lte' };
const CONDITION = /^([^=<>~]+)(>=|<=|=|>|<|~)(.*)$/s;

const readCondition = (text: string): Condition[] => {
  const [, name, sign, value] = CONDITION.exec(text) ?? [];
  if (name === undefined || sign === undefined || value === undefined) return [];
  return [{ name, operator: sign === '~' ? 'in' : (sign as Operator), value }];
};

const writeCondition = ({ name, operator, value }: Condition): string =>
  `${name}${operator === 'in' ? '~' : operator}${value}`;

/** The search that a URL asks for. */
export const readState = (query: URLSearchParams): SearchState => {
  const state: SearchState = { ...DEFAULTS, conditions: query.getAll('f').flatMap(readCondition) };
  for (const name of NAMES) state[name] = query.get(name) ?? DEFAULTS[name];
  return state;
};

/** The query string of a search. */
export const writeState = (state: SearchState): string => {
  const query = new URLSearchParams();
  for (const name of NAMES) if (state[name] !== DEFAULTS[name]) query.set(name, state[name]);
  for (const condition of state.conditions)
    if (condition.name !== '') query.append('f', writeCondition(condition));
  return query.toString();
};

// `2024` is a number and `true` a truth value; "2024" in quotes is text. As `alluvium search --filter` reads them.
const readValue = (text: string): string | number | boolean => {
  const value = text.trim();
  if (value === 'true' || value === 'false') return value === 'true';
  if (/^-?\d+(\.\d+)?$/.test(value)) return Number(value);
  return /^".*"$/s.test(value) ? value.slice(1, -1) : value;
};

type Scalar = string | number | boolean;
type Filter = Scalar | Scalar[] | Record<string, Scalar>;

const attributesOf = (conditions: readonly Condition[]): Record<string, Filter> => {
  const attributes: Record<string, Filter> = {};
  for (const { name, operator, value } of conditions) {
    if (name === '' || value === '') continue;
    const bound = BOUNDS[operator];
    if (bound === undefined)
      attributes[name] = operator === 'in' ? value.split(',').map(readValue) : readValue(value);
    else attributes[name] = { ...(attributes[name] as object), [bound]: readValue(value) };
  }
  return attributes;
};

const EXPLAINED_MOST = 100;

/** The request of a search, with everything that explains its answer. */
export const requestOf = (state: SearchState): Record<string, unknown> => {
  const { q, collection, mode, recall, fusion, consistency, asOf, entity, since, until } = state;
  const attributes = attributesOf(state.conditions);
  return {
    q,
    collection,
    k: Math.max(1, Math.min(EXPLAINED_MOST, Math.trunc(Number(state.k)) || Number(DEFAULTS.k))),
    mode,
    highlight: true,
    explain: true,
    ...(mode !== 'lexical' && { recall: recall === 'exact' ? recall : Number(recall) }),
    ...(mode === 'hybrid' && { fusion }),
    ...(asOf === '' ? { consistency } : { asOf }),
    ...(entity !== '' && { entity }),
    ...(since !== '' && { since }),
    ...(until !== '' && { until }),
    ...(Object.keys(attributes).length > 0 && { filters: { attributes } }),
  };
};

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** The search as a call of curl. */
export const curlOf = (api: string, state: SearchState): string =>
  `curl ${quote(`${api}/retrieve`)} -H 'content-type: application/json' -d ${quote(JSON.stringify(requestOf(state)))}`;

const OPTIONS: [Name, string][] = [
  ['collection', '-c'],
  ['k', '-k'],
  ['mode', '--mode'],
  ['recall', '--recall'],
  ['fusion', '--fusion'],
  ['consistency', '--consistency'],
  ['asOf', '--as-of'],
  ['entity', '--entity'],
  ['since', '--since'],
  ['until', '--until'],
];

/** The search as a command. */
export const commandOf = (state: SearchState): string => {
  const options = OPTIONS.flatMap(([name, option]) =>
    state[name] === DEFAULTS[name] && name !== 'k' ? [] : [`${option} ${quote(state[name])}`],
  );
  const filters = state.conditions
    .filter(({ name, value }) => name !== '' && value !== '')
    .map(({ name, operator, value }) =>
      operator === 'in'
        ? `--filter ${quote(`${name} in ${value}`)}`
        : `--filter ${quote(name + operator + value)}`,
    );
  return ['npx alluvium search', quote(state.q), ...options, ...filters, '--highlight --explain'].join(' ');
};
