import { BOUNDS, TEXT_FORMS } from './compare-values.ts';
import { altered, compatible, type Finding } from './finding.ts';
import type { View } from './view.ts';

const list = (value: unknown): string[] =>
  Array.isArray(value) ? value.map((item) => (typeof item === 'string' ? item : JSON.stringify(item))) : [];

const named = (value: unknown, none: string): string => {
  if (Array.isArray(value)) return list(value).join(', ');
  return typeof value === 'string' ? value : none;
};

type Judge = (old: unknown, now: unknown) => Finding[];

const identity: Judge = (old, now) => [
  altered(
    'identity',
    `changed x-identity from ${named(old, 'none')} to ${named(now, 'none')}`,
    'Idempotency keys would change: a retry that crosses the release would be handled twice',
  ),
];

const audience: Judge = (old, now) => {
  const what = `changed x-audience from ${named(old, 'services')} to ${named(now, 'services')}`;
  return [
    now === 'external'
      ? compatible('audience', what, 'More may listen; nobody has to change')
      : altered('audience', what, 'Whoever listens outside was promised the event'),
  ];
};

const encoding: Judge = (old, now) => {
  const what = `changed x-encoding from ${named(old, 'none')} to ${named(now, 'none')}`;
  return [
    old === undefined
      ? compatible('encoding', what, 'It was never stored before: no object has other bytes')
      : altered(
          'encoding',
          what,
          'Stored objects have other bytes: neither side can read what the other wrote',
        ),
  ];
};

const knownValues: Judge = (old, now) => {
  const added = list(now).filter((value) => !list(old).includes(value));
  const gone = list(old).filter((value) => !list(now).includes(value));
  const grown = compatible(
    'known-values',
    `knows ${added.join(', ')}`,
    'Consumers of an open list have a default branch',
  );
  const shrunk = altered(
    'known-values',
    `no longer knows ${gone.join(', ')}`,
    'Values written before carry it, and consumers no longer learn what it means',
  );
  return [...(added.length === 0 ? [] : [grown]), ...(gone.length === 0 ? [] : [shrunk])];
};

const JUDGES: Record<string, Judge> = {
  'x-identity': identity,
  'x-audience': audience,
  'x-encoding': encoding,
  'x-known-values': knownValues,
};
// Who answers for a schema is said to people, as its words are.
const PROSE = new Set(['title', 'description', 'examples', 'deprecated', 'x-owner']);
const JUDGED_ELSEWHERE = new Set([...BOUNDS, ...TEXT_FORMS]);

const otherwise = (keyword: string): Finding => {
  const what = `changed ${keyword}`;
  if (keyword.startsWith('x-')) return compatible('annotation', what, 'An annotation validates nothing');
  return altered('unknown-keyword', what, 'It is outside the dialect: nobody can tell what it breaks');
};

/** Whatever says something beside what values may be. */
export const compareAnnotations = ({ keywords: old }: View, { keywords: now }: View): Finding[] => {
  const changed = [...new Set([...old.keys(), ...now.keys()])].filter(
    (keyword) =>
      !JUDGED_ELSEWHERE.has(keyword) && JSON.stringify(old.get(keyword)) !== JSON.stringify(now.get(keyword)),
  );
  const judged = changed
    .filter((keyword) => !PROSE.has(keyword))
    .flatMap((keyword) => JUDGES[keyword]?.(old.get(keyword), now.get(keyword)) ?? [otherwise(keyword)]);
  const reworded = changed.some((keyword) => PROSE.has(keyword));
  return reworded
    ? [...judged, compatible('prose', 'is described in other words', 'Words are free')]
    : judged;
};
