import { highlights } from '../lexical/highlights.ts';
import { hitExplainer, type RankedLists } from './explain.ts';
import type { RankedRow } from './fusion.ts';
import type { Scope } from './planner.ts';
import type { HitHighlights, SearchHit, SearchQuery } from './search-types.ts';

const highlight = ({ text, title }: SearchHit, sought: string): HitHighlights => {
  const { ranges, snippet } = highlights(text, sought);
  return { ranges, snippet, title: highlights(title, sought).ranges };
};

/** Gives hits the highlights and explanations that the query asks for. */
export const annotator = (
  query: SearchQuery,
  scopes: readonly Scope[],
  lists: RankedLists,
): ((row: RankedRow, hit: SearchHit) => Partial<SearchHit>) => {
  const explain = query.explain === true ? hitExplainer(scopes, lists) : undefined;
  return (row, hit) => ({
    ...(query.highlight === true && { highlights: highlight(hit, query.text ?? '') }),
    ...(explain && { explanation: explain(row) }),
  });
};
