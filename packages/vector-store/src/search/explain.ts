import type { RankedList, RankedRow } from './fusion.ts';
import type { LexicalResult } from './lexical-search.ts';
import type { Scope } from './planner.ts';
import type { HitExplanation, ListRange, SearchExplanation } from './search-types.ts';

/** The lists that an order was made from. */
export interface RankedLists {
  dense?: RankedList;
  lexical?: LexicalResult;
}

const rangeOf = ({ rows, floor }: RankedList): ListRange => ({
  // Of no row at all there is no least score.
  floor: Number.isFinite(floor) ? floor : 0,
  top: rows[0]?.score ?? 0,
  rows: rows.length,
});

const explainLexical = ({ list, query }: LexicalResult): NonNullable<SearchExplanation['lexical']> => ({
  ...rangeOf(list),
  averageLength: query.averageLength,
  terms: query.terms.map(({ term, weight, entries }) => ({
    term,
    weight,
    rows: entries.reduce((sum, entry) => sum + (entry?.rows ?? 0), 0),
  })),
});

/** What the scores of all hits have in common. */
export const explainSearch = ({ dense, lexical }: RankedLists): SearchExplanation => ({
  ...(dense && { dense: rangeOf(dense) }),
  ...(lexical && { lexical: explainLexical(lexical) }),
});

const ranksOf = (list: RankedList | undefined): Map<number, number> =>
  new Map(list?.rows.map(({ position }, index) => [position, index + 1]));

/** Explains rows of one search. */
export const hitExplainer = (
  scopes: readonly Scope[],
  { dense, lexical }: RankedLists,
): ((row: RankedRow) => HitExplanation) => {
  const ranks = { dense: ranksOf(dense), lexical: ranksOf(lexical?.list) };
  const rankOf = (name: keyof typeof ranks, position: number): { rank?: number } => {
    const rank = ranks[name].get(position);
    return rank === undefined ? {} : { rank };
  };
  return ({ position, dense: similarity, lexical: bm25, fused }) => ({
    segment: scopes.findLast(({ base }) => base <= position)?.segment.descriptor.key ?? '',
    ...(similarity !== undefined && { dense: { score: similarity, ...rankOf('dense', position) } }),
    ...(bm25 !== undefined && {
      lexical: { score: bm25, ...rankOf('lexical', position), terms: lexical?.explain(position) ?? [] },
    }),
    ...(fused && { fused }),
  });
};
