import type { Line } from './page-lines.ts';

/** Fewer pages have no running heads. */
const MIN_PAGES = 3;
/** Share of the pages on which a line stands that is a head or a foot. */
const MIN_SHARE = 0.6;
/** Lines at the top and at the bottom that are looked at. */
const EDGE_LINES = 2;

// Page numbers make the same line another one on every page.
const patternOf = ({ text }: Line): string => text.replace(/\d+/g, '#').toLowerCase();

const edgesOf = (lines: readonly Line[]): Line[] => {
  const down = lines.toSorted((left, right) => right.y - left.y);
  return [...new Set([...down.slice(0, EDGE_LINES), ...down.slice(-EDGE_LINES)])];
};

/**
 * The pages without heads and feet: lines at the edge that stand on most pages, page numbers among them. What has no number
 * stays where it stands first, as it may be a title there.
 */
export const withoutRunningLines = (pages: readonly Line[][]): Line[][] => {
  if (pages.length < MIN_PAGES) return [...pages];
  const counts = new Map<string, number>();
  for (const lines of pages)
    for (const pattern of new Set(edgesOf(lines).map(patternOf)))
      counts.set(pattern, (counts.get(pattern) ?? 0) + 1);
  const told = new Set<string>();
  const isLeftOut = (line: Line): boolean => {
    const pattern = patternOf(line);
    if ((counts.get(pattern) ?? 0) < MIN_SHARE * pages.length) return false;
    if (told.has(pattern) || pattern.includes('#')) return true;
    told.add(pattern);
    return false;
  };
  return pages.map((lines) => {
    const edges = new Set(edgesOf(lines).filter(isLeftOut));
    return lines.filter((line) => !edges.has(line));
  });
};
