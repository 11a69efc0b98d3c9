import type { RetrieveResponseV1 } from '@alluvium/contracts';
import { bold, dim, fit, terminalWidth } from '../output.ts';
import { wrap } from '../schemas/wrap.ts';
import { renderScore } from './render-score.ts';

type Result = RetrieveResponseV1['results'][number];

/** Stand for the marks while lines are made: a colour takes characters and no columns. */
const [OPEN, CLOSE] = ['\uE000', '\uE001'];
const MOST_LINES = 4;

const isPlain = bold('a') === 'a';

const paintMarks = (line: string): string =>
  line.replaceAll(new RegExp(`${OPEN}([^${CLOSE}]*)${CLOSE}?`, 'g'), (_, word: string) =>
    isPlain ? `*${word}*` : bold(word),
  );

// Marks go in from the end, so that the offsets before them stay right.
const markedFragment = ({ highlights, snippet }: Result): string => {
  const { start, end } = highlights?.fragment ?? { start: 0, end: 0 };
  let text = snippet.slice(start, end);
  for (const range of highlights?.ranges.toReversed() ?? []) {
    if (range.start < start || range.end > end) continue;
    const [from, to] = [range.start - start, range.end - start];
    text = `${text.slice(0, from)}${OPEN}${text.slice(from, to)}${CLOSE}${text.slice(to)}`;
  }
  return `${start > 0 ? '… ' : ''}${text}${end < snippet.length ? ' …' : ''}`;
};

const textLines = (result: Result, width: number): string[] =>
  result.highlights === undefined
    ? [fit(result.snippet, width)]
    : wrap(markedFragment(result).replace(/\s+/g, ' ').trim(), width)
        .split('\n')
        .slice(0, MOST_LINES)
        .map(paintMarks);

/** The hits of an answer, as a person reads them. */
export const renderHits = ({ results }: RetrieveResponseV1): string[] => {
  const width = terminalWidth();
  return results.flatMap((result, index) => {
    const { score, title, documentId, url } = result;
    const lines = [
      dim(fit(url ?? documentId, width - 4)),
      ...textLines(result, width - 4),
      ...renderScore(result, width - 4),
    ];
    return [
      `${String(index + 1).padStart(2)}. ${bold(fit(title, width - 12))}  ${score.toFixed(3)}`,
      ...lines.map((line) => `    ${line}`),
    ];
  });
};
