import type { ChatFiltersV1, SessionV1 } from '@alluvium/contracts';
import { readTimeRange } from './time-range.ts';
import { contentWords, wordsOf } from './words.ts';

type Turn = SessionV1['turns'][number];

/** How a question is answered. */
export type ChatRoute = 'retrieve' | 'memory' | 'ask-back';

/** What a question asks for. */
export interface Analysis {
  route: ChatRoute;
  /** The words to search for. */
  q: string;
  filters: ChatFiltersV1;
}

const SHORT = 5;
const POINTS_BACK = /^(?:and|also|then|but|so|why|how come|what about|how about|what else|more)\b/i;
const PRONOUN =
  /\b(?:it|its|they|them|their|he|him|his|she|her|this|that|these|those|there|former|latter)\b/i;
const ABOUT_THE_TALK =
  /\b(?:did (?:you|i) (?:just )?(?:say|ask|mean|tell)|(?:you|i) (?:just )?(?:said|asked|told)|my (?:last|first|previous) question|your (?:last|previous) answer|(?:our|this) (?:conversation|chat)|so far|repeat (?:that|it|your))\b/i;
const MAX_QUERY = 2000;

const isFollowUp = (question: string, turns: readonly Turn[]): boolean => {
  if (turns.length === 0) return false;
  if (POINTS_BACK.test(question)) return true;
  return PRONOUN.test(question) && contentWords(question).length < SHORT;
};

/** The entities of the documents that a conversation has named: `files/page#a` is a page. */
const entitiesOf = (turns: readonly Turn[]): string[] => [
  ...new Set(
    turns.flatMap(({ documents = [] }) => documents).flatMap((id) => /^[^/]+\/([^#]+)#/.exec(id)?.[1] ?? []),
  ),
];

const EXPLICIT = /(?:^|\s)(entity|id):(?:"([^"]+)"|(\S+))/g;

const explicitFilters = (question: string): { filters: ChatFiltersV1; rest: string } => {
  const found = [...question.matchAll(EXPLICIT)].map(([, name = '', quoted, plain]) => [
    name,
    quoted ?? plain,
  ]);
  const filters = Object.fromEntries(found) as ChatFiltersV1;
  return { filters, rest: question.replace(EXPLICIT, ' ').replace(/\s+/g, ' ').trim() };
};

// "only pages": a kind of document that the conversation has met, named as a restriction.
const namedEntity = (question: string, turns: readonly Turn[]): ChatFiltersV1 => {
  const words = wordsOf(question);
  const entity = entitiesOf(turns).find((known) =>
    words.some((word, at) => (word === known || word === `${known}s`) && words[at - 1] === 'only'),
  );
  return entity === undefined ? {} : { entity };
};

const routeOf = (question: string, q: string, turns: readonly Turn[]): ChatRoute => {
  if (turns.length > 0 && ABOUT_THE_TALK.test(question)) return 'memory';
  return contentWords(q).length === 0 ? 'ask-back' : 'retrieve';
};

/**
 * Reads a question: the time and the kind of document that it names become filters, what points back is completed from
 * the conversation. Filters that came with the question go before those that were read out of it.
 */
export const analyse = (
  question: string,
  { turns, filters = {}, nowMs }: { turns: readonly Turn[]; filters?: ChatFiltersV1; nowMs: number },
): Analysis => {
  const { filters: explicit, rest: spoken } = explicitFilters(question);
  const { range, rest } = readTimeRange(spoken, nowMs);
  const last = turns.at(-1)?.question ?? '';
  const before = isFollowUp(rest, turns) ? `${readTimeRange(last, nowMs).rest} ` : '';
  const q = `${before}${rest}`.trim().slice(-MAX_QUERY);
  return {
    route: routeOf(question, q, turns),
    q: q === '' ? question : q,
    filters: { ...namedEntity(question, turns), ...range, ...explicit, ...filters },
  };
};
