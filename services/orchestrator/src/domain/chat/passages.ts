import type { ChatAnswerV1, RetrieveResponseV1 } from '@alluvium/contracts';

type Result = RetrieveResponseV1['results'][number];
export type Citation = ChatAnswerV1['citations'][number];

/** What was found, by the number that an answer cites it with. */
export interface Passage {
  number: number;
  chunkId: string;
  documentId: string;
  title: string;
  url?: string;
  text: string;
}

const MAX_PASSAGES = 12;
const MAX_TEXT = 4000;
const MAX_QUOTE = 400;

/** The passages of a search, the best first; empty ones say nothing. */
export const passagesOf = (results: readonly Result[]): Passage[] =>
  results
    .filter(({ snippet }) => snippet.trim() !== '')
    .slice(0, MAX_PASSAGES)
    .map(({ id, documentId, title, url, snippet }, index) => ({
      ...{ number: index + 1, chunkId: id, documentId, title, text: snippet.slice(0, MAX_TEXT) },
      ...(url === undefined ? {} : { url }),
    }));

const BRACKET = /\[(\d{1,4}(?:\s*[,;]\s*\d{1,4})*)\]/g;

const numbersIn = (list: string): number[] => list.split(/[,;]/).map(Number);

/** The numbers that an answer cites, ascending. */
export const citedNumbers = (answer: string): number[] =>
  [...new Set([...answer.matchAll(BRACKET)].flatMap(([, list = '']) => numbersIn(list)))].sort(
    (one, other) => one - other,
  );

/** True when an answer cites something, and nothing that is not there. */
export const citesOnly = (answer: string, passages: readonly Passage[]): boolean => {
  const cited = citedNumbers(answer);
  return cited.length > 0 && cited.every((number) => passages.some((passage) => passage.number === number));
};

/** The passages that an answer cites. */
export const citationsOf = (answer: string, passages: readonly Passage[]): Citation[] =>
  citedNumbers(answer).flatMap((number) => {
    const passage = passages.find((candidate) => candidate.number === number);
    if (passage === undefined) return [];
    const { text, ...cited } = passage;
    return [{ ...cited, quote: text.slice(0, MAX_QUOTE) }];
  });
