/** A run of text on a page, as a PDF reader finds it; lengths in points, the origin at the bottom left. */
export interface TextItem {
  str: string;
  /** `[a, b, c, d, x, y]` */
  transform: readonly number[];
  width: number;
  height: number;
  hasEOL: boolean;
}

/** A line of a page. */
export interface Line {
  text: string;
  x: number;
  y: number;
  width: number;
  /** Of the largest letter. */
  size: number;
}

/** Lines that overlap by less are beside each other. */
const MIN_OVERLAP = 0.2;
/** A page whose lines jump back more often was not written in the order in which it is read. */
const MAX_JUMPS = 0.15;

const sizeOf = ({ transform, height }: TextItem): number =>
  Math.hypot(transform[2] ?? 0, transform[3] ?? 0) || height;

const lineOf = (items: readonly TextItem[]): Line[] => {
  const text = items
    .map(({ str }) => str)
    .join('')
    .replace(/\s+/g, ' ')
    .trim();
  const inked = items.filter(({ str }) => str.trim() !== '');
  const [first] = inked;
  if (text === '' || first === undefined) return [];
  const lefts = inked.map(({ transform }) => transform[4] ?? 0);
  const rights = inked.map(({ transform, width }) => (transform[4] ?? 0) + width);
  const x = Math.min(...lefts);
  return [
    {
      ...{ text, x, y: first.transform[5] ?? 0 },
      ...{ width: Math.max(...rights) - x, size: Math.max(...inked.map(sizeOf)) },
    },
  ];
};

const written = (items: readonly TextItem[]): Line[] => {
  const lines: Line[] = [];
  let open: TextItem[] = [];
  for (const item of items) {
    open.push(item);
    if (!item.hasEOL) continue;
    lines.push(...lineOf(open));
    open = [];
  }
  return [...lines, ...lineOf(open)];
};

const overlap = (left: Line, right: Line): boolean => {
  const shared = Math.min(left.x + left.width, right.x + right.width) - Math.max(left.x, right.x);
  return shared > MIN_OVERLAP * Math.min(left.width, right.width);
};

const isJump = (line: Line, next: Line): boolean => next.y > line.y + line.size / 2 && overlap(line, next);

// What writes a PDF knows columns and side notes better than any geometry; it is overruled where it plainly has no order.
const isDisordered = (lines: readonly Line[]): boolean => {
  const jumps = lines.filter((line, index) => {
    const next = lines[index + 1];
    return next !== undefined && isJump(line, next);
  });
  return jumps.length > 1 && jumps.length > MAX_JUMPS * lines.length;
};

/** The lines of a page in the order in which they are read: as they were written, or else from the top to the bottom. */
export const linesOf = (items: readonly TextItem[]): Line[] => {
  const lines = written(items);
  return isDisordered(lines) ? lines.sort((left, right) => right.y - left.y || left.x - right.x) : lines;
};
