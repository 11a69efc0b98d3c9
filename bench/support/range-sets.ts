/** Half-open ranges of offsets, in order and apart. */
export type Ranges = readonly (readonly [start: number, end: number])[];

/** The ranges in order, those that touch or overlap made one. */
export const unionOf = (ranges: Ranges): Ranges => {
  const merged: [number, number][] = [];
  for (const [start, end] of ranges.toSorted((a, b) => a[0] - b[0])) {
    const last = merged.at(-1);
    if (last !== undefined && start <= last[1]) last[1] = Math.max(last[1], end);
    else if (end > start) merged.push([start, end]);
  }
  return merged;
};

/** What two unions share. */
export const shared = (left: Ranges, right: Ranges): Ranges =>
  left.flatMap(([start, end]) =>
    right.flatMap(([otherStart, otherEnd]): Ranges => {
      const [from, to] = [Math.max(start, otherStart), Math.min(end, otherEnd)];
      return from < to ? [[from, to]] : [];
    }),
  );

/** How many offsets the ranges hold. */
export const lengthOf = (ranges: Ranges): number =>
  ranges.reduce((sum, [start, end]) => sum + end - start, 0);
