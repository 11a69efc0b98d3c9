/** What robots.txt (RFC 9309) says to one reader. */
export interface Robots {
  isAllowed(url: string): boolean;
  crawlDelayMs: number;
  sitemaps: string[];
}

interface Rule {
  allow: boolean;
  pattern: string;
}

interface Group {
  agents: string[];
  rules: Rule[];
  crawlDelayMs: number;
}

/** What a crawler has to read at least; more is not read. */
const MAX_LENGTH = 500 * 1024;
const MAX_DELAY_MS = 60_000;

const linesOf = (text: string): [name: string, value: string][] =>
  text
    .slice(0, MAX_LENGTH)
    .split(/\r\n|\r|\n/)
    .map((line) => /^\s*([A-Za-z-]+)\s*:\s*([^#]*)/.exec(line))
    .flatMap((match) => (match === null ? [] : [[(match[1] ?? '').toLowerCase(), (match[2] ?? '').trim()]]));

const addTo = (group: Group, name: string, value: string): void => {
  if ((name === 'allow' || name === 'disallow') && value !== '') {
    group.rules.push({ allow: name === 'allow', pattern: value });
  } else if (name === 'crawl-delay' && Number(value) > 0) {
    group.crawlDelayMs = Math.min(Number(value) * 1000, MAX_DELAY_MS);
  }
};

const groupsOf = (text: string): Group[] => {
  const groups: Group[] = [];
  let isNaming = false;
  for (const [name, value] of linesOf(text)) {
    const last = groups.at(-1);
    if (name === 'user-agent') {
      if (isNaming && last !== undefined) last.agents.push(value.toLowerCase());
      else groups.push({ agents: [value.toLowerCase()], rules: [], crawlDelayMs: 0 });
      isNaming = true;
    } else if (name !== 'sitemap') {
      isNaming = false;
      if (last !== undefined) addTo(last, name, value);
    }
  }
  return groups;
};

/** Linear matching of `*` and a closing `$`: these patterns come from strangers, and no regular expression is made of them. */
const matches = (pattern: string, path: string): boolean => {
  const isAnchored = pattern.endsWith('$');
  const parts = (isAnchored ? pattern.slice(0, -1) : pattern).split('*');
  const [first = '', ...rest] = parts;
  if (!path.startsWith(first)) return false;
  let at = first.length;
  for (const [index, part] of rest.entries()) {
    const isLast = isAnchored && index === rest.length - 1;
    const found = isLast ? path.length - part.length : path.indexOf(part, at);
    if (found < at || !path.startsWith(part, found)) return false;
    at = found + part.length;
  }
  return !isAnchored || at === path.length;
};

const pathOf = (url: string): string => {
  const { pathname, search } = new URL(url);
  return `${pathname}${search}`;
};

// The longest rule wins, and of equals the one that allows.
const decide = (rules: Rule[], path: string): boolean => {
  const matching = rules.filter(({ pattern }) => matches(pattern, path));
  const best = matching.sort(
    (left, right) => right.pattern.length - left.pattern.length || Number(right.allow) - Number(left.allow),
  )[0];
  return best?.allow ?? true;
};

/** Reads robots.txt for a product token, e.g. `alluvium`. */
export const readRobots = (text: string, product: string): Robots => {
  const groups = groupsOf(text);
  const named = groups.filter(({ agents }) => agents.includes(product.toLowerCase()));
  const chosen = named.length > 0 ? named : groups.filter(({ agents }) => agents.includes('*'));
  const rules = chosen.flatMap((group) => group.rules);
  return {
    isAllowed: (url) => {
      const path = pathOf(url);
      return path === '/robots.txt' || decide(rules, path);
    },
    crawlDelayMs: Math.max(0, ...chosen.map(({ crawlDelayMs }) => crawlDelayMs)),
    sitemaps: linesOf(text).flatMap(([name, value]) => (name === 'sitemap' ? [value] : [])),
  };
};
