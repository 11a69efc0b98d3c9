import { analyze, wordsOf, type Word } from './analyzer.ts';

/** UTF-16 offsets into the text; `end` is exclusive. */
export interface TextRange {
  start: number;
  end: number;
}

/** A part of the text. */
export interface Fragment extends TextRange {
  text: string;
  /** Distinct terms of the query in it. */
  terms: number;
}

export interface Highlights {
  /** The words whose term is a term of the query, ascending. */
  ranges: TextRange[];
  /** The fragment with the most distinct terms of the query, then the most words, then the first; else the beginning of the text. */
  snippet: Fragment;
  /** Fragments with terms of the query, in order of the text, none overlapping another. */
  fragments: Fragment[];
}

export interface HighlightOptions {
  /** Fragments at most. */
  fragments?: number;
  /** Length of a fragment at most, in UTF-16 units; at least 2. */
  maxCharacters?: number;
}

// Matching words that lie close enough for one fragment: `from` and `to` (exclusive) index the matches.
interface Window extends TextRange {
  from: number;
  to: number;
  terms: number;
}

const distinctTerms = (words: readonly Word[]): number => new Set(words.map(({ term }) => term)).size;

/** For each match the window that begins with it and takes in all that fit behind it. */
const windowsOf = (matches: readonly Word[], maxCharacters: number): Window[] => {
  const counts = new Map<string, number>();
  const count = ({ term }: Word, by: number): void => {
    const sum = (counts.get(term) ?? 0) + by;
    if (sum === 0) counts.delete(term);
    else counts.set(term, sum);
  };
  let to = 0;
  return matches.flatMap((first, from) => {
    for (; to < matches.length; to += 1) {
      const next = matches[to] as Word;
      if (next.end - first.start > maxCharacters) break;
      count(next, 1);
    }
    // A word longer than a fragment fits nowhere.
    if (to === from) {
      to = from + 1;
      return [];
    }
    const window = {
      start: first.start,
      end: matches[to - 1]?.end ?? first.end,
      from,
      to,
      terms: counts.size,
    };
    count(first, -1);
    return [window];
  });
};

const byWorth = (left: Window, right: Window): number =>
  right.terms - left.terms || right.to - right.from - (left.to - left.from) || left.start - right.start;

/** The best windows, none of which overlaps another. */
const bestWindows = (windows: readonly Window[], most: number): Window[] => {
  const chosen: Window[] = [];
  for (const window of windows.toSorted(byWorth)) {
    if (chosen.length >= most) break;
    if (chosen.every(({ start, end }) => end <= window.start || window.end <= start)) chosen.push(window);
  }
  return chosen;
};

/** Widens a window on both sides as far as `limits` and length allow, to where words begin and end. */
const widen = (
  window: TextRange,
  limits: TextRange,
  { text, words, maxCharacters }: { text: string; words: readonly Word[]; maxCharacters: number },
): TextRange => {
  const spare = maxCharacters - (window.end - window.start);
  // What one side cannot use goes to the other.
  const before = Math.min(
    window.start - limits.start,
    Math.max(spare >> 1, spare - (limits.end - window.end)),
  );
  const least = window.start - before;
  const start = least === 0 ? 0 : (words.find((word) => word.start >= least)?.start ?? window.start);
  const most = Math.min(limits.end, start + maxCharacters);
  const end = most === text.length ? most : (words.findLast((word) => word.end <= most)?.end ?? window.end);
  return { start, end };
};

/** The beginning of a text, up to the end of a word, or of a code point where the first word is too long. */
const beginning = (text: string, words: readonly Word[], maxCharacters: number): TextRange => {
  if (text.length <= maxCharacters) return { start: 0, end: text.length };
  const end = words.findLast((word) => word.end <= maxCharacters)?.end;
  if (end !== undefined) return { start: 0, end };
  const splitsPair = (text.codePointAt(maxCharacters - 1) ?? 0) > 0xffff;
  return { start: 0, end: splitsPair ? maxCharacters - 1 : maxCharacters };
};

/**
 * Where the words of a query are in a text, and the parts of the text worth showing. Words match as the lexical search matches them;
 * offsets are those of `text` as it is written.
 */
export const highlights = (
  text: string,
  query: string,
  { fragments: most = 1, maxCharacters = 240 }: HighlightOptions = {},
): Highlights => {
  const sought = new Set(analyze(query));
  const words = wordsOf(text);
  const matches = words.filter(({ term }) => sought.has(term));
  const cut = ({ start, end }: TextRange): Fragment => ({
    start,
    end,
    text: text.slice(start, end),
    terms: distinctTerms(matches.filter((word) => word.start >= start && word.end <= end)),
  });
  const chosen = bestWindows(windowsOf(matches, maxCharacters), most);
  const inOrder = chosen.toSorted((left, right) => left.start - right.start);
  const fragments = new Map<TextRange, Fragment>();
  let taken = 0;
  inOrder.forEach((window, index) => {
    const limits = { start: taken, end: inOrder[index + 1]?.start ?? text.length };
    const fragment = cut(widen(window, limits, { text, words, maxCharacters }));
    taken = fragment.end;
    fragments.set(window, fragment);
  });
  const [best] = chosen;
  return {
    ranges: matches.map(({ start, end }) => ({ start, end })),
    snippet: (best && fragments.get(best)) ?? cut(beginning(text, words, maxCharacters)),
    fragments: [...fragments.values()],
  };
};
