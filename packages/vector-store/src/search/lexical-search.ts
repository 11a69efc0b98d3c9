import { prepareLexicalQuery, type LexicalQuery, type LexicalSegment } from '../lexical/lexical-query.ts';
import { lexiconPlanes, openLexicon } from '../lexical/open-lexicon.ts';
import { scoreSegment, type SegmentScores } from '../lexical/score-segment.ts';
import type { SegmentReader } from '../segment/segment-reader.ts';
import type { ReadMeter } from '../store/range-reads.ts';
import type { RankedList } from './fusion.ts';
import type { Scope } from './planner.ts';
import { TopK } from './top-k.ts';

/** The rows with words of a text, best first. */
export interface LexicalResult {
  list: RankedList;
  query: LexicalQuery;
  /** What the score of a row is the sum of. */
  explain: (position: number) => ReturnType<SegmentScores['explain']>;
}

const lexicalSegment = async (
  segment: SegmentReader,
  segments: number,
  meter: ReadMeter,
): Promise<LexicalSegment> => {
  const reader = segment.reader(meter);
  const lexicon = await segment.opened(lexiconPlanes(reader, segments), meter, (...planes) =>
    openLexicon(reader, segment.rows, planes),
  );
  return { lexicon, reader, rows: segment.rows, terms: segment.descriptor.terms };
};

/** The rows of one scope with their scores. */
interface ScopeScores {
  own: TopK;
  scores: SegmentScores;
}

// Scores are added in the order of rows, whichever segment answers first.
const bestOf = (found: readonly ScopeScores[], depth: number): TopK => {
  const best = new TopK(depth);
  for (const { own } of found)
    for (const { position, score } of own.sorted().sort((left, right) => left.position - right.position))
      best.push(position, score);
  return best;
};

/**
 * Ranks rows by BM25. Frequencies count all rows of all segments, those of dead documents too, until a merge drops them.
 * Errors: OBJECT_MISSING, SEGMENT_CORRUPT.
 */
export const searchLexical = async (
  text: string,
  scopes: readonly Scope[],
  { depth, meter }: { depth: number; meter: ReadMeter },
): Promise<LexicalResult> => {
  const segments = await Promise.all(
    scopes.map(({ segment }) => lexicalSegment(segment, scopes.length, meter)),
  );
  const query = await prepareLexicalQuery(text, segments);
  const found = await Promise.all(
    segments.map(async (segment, index): Promise<ScopeScores> => {
      const { base = 0, mask, matched = 0 } = scopes[index] ?? {};
      const own = new TopK(matched === 0 ? 0 : depth);
      return { own, scores: await scoreSegment(query, { ...segment, index }, { best: own, base, mask }) };
    }),
  );
  const scoresAt = (position: number): { row: number; scores: SegmentScores } | undefined => {
    const index = scopes.findLastIndex(({ base }) => base <= position);
    const scores = found[index]?.scores;
    return scores && { row: position - (scopes[index]?.base ?? 0), scores };
  };
  const scoreOf = (position: number): number => {
    const place = scoresAt(position);
    return place?.scores.scoreOf(place.row) ?? 0;
  };
  return {
    // What every row without a word of the text scores.
    list: { rows: bestOf(found, depth).sorted(), floor: 0, scoreOf },
    query,
    explain: (position) => {
      const place = scoresAt(position);
      return place?.scores.explain(place.row) ?? [];
    },
  };
};
