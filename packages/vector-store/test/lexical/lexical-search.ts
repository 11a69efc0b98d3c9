import { analyze } from '../../src/lexical/analyzer.ts';
import { prepareLexicalQuery } from '../../src/lexical/lexical-query.ts';
import { scoreSegment } from '../../src/lexical/score-segment.ts';
import { TopK } from '../../src/search/top-k.ts';
import { planesOf, rowsOfTexts } from './lexical-rows.ts';
import { openedLexicon } from './opened-lexicon.ts';

/** A segment of the texts, in memory. */
export const segmentOf = async (texts: readonly string[]) => {
  const rows = rowsOfTexts(texts);
  const reader = planesOf(rows);
  const lexicon = await openedLexicon(reader, texts.length);
  return {
    reader,
    lexicon,
    rows: texts.length,
    terms: rows.rowLengths.reduce((sum, length) => sum + length, 0),
  };
};

/** Searches segments one after the other; positions count over all of them. */
export const lexicalSearch = async (
  segments: readonly Awaited<ReturnType<typeof segmentOf>>[],
  text: string,
  { k, masks }: { k: number; masks?: readonly Uint8Array[] },
) => {
  const query = await prepareLexicalQuery(text, segments);
  const best = new TopK(k);
  const scored = [];
  let base = 0;
  for (const [index, segment] of segments.entries()) {
    scored.push(await scoreSegment(query, { ...segment, index }, { best, base, mask: masks?.[index] }));
    base += segment.rows;
  }
  return { rows: best.sorted(), scored };
};

/** BM25 of every text straight from the definition; 0 without a term of the query. */
export const naiveScores = (texts: readonly string[], query: string): number[] => {
  const rows = texts.map(analyze);
  const average = Math.max(1, rows.reduce((sum, terms) => sum + terms.length, 0) / rows.length);
  const scores = rows.map(() => 0);
  for (const term of analyze(query)) {
    const frequency = rows.filter((terms) => terms.includes(term)).length;
    const idf = Math.log(1 + (rows.length - frequency + 0.5) / (frequency + 0.5));
    rows.forEach((terms, row) => {
      const count = terms.filter((one) => one === term).length;
      scores[row]! += (idf * count) / (count + 1.2 * (0.25 + (0.75 * terms.length) / average));
    });
  }
  return scores;
};
