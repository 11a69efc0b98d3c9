import type { TextSpan } from '../sentences.ts';
import type { Ruler } from './ruler.ts';
import { isSpaceAt } from './spans.ts';

/** A part of a text that stays whole. */
export interface Unit extends TextSpan {
  /** Something new begins here: a chunk of some size rather ends before it. */
  opens?: boolean;
}

/** Sizes as the ruler measures. */
export interface PackLimits {
  /** No chunk is larger, if no unit is. */
  max: number;
  /** How much of a chunk's end the next one may repeat. */
  overlap: number;
  /** A chunk of at least this size ends where a unit opens. */
  full?: number;
}

const firstWordStart = (text: string, from: number, end: number): number => {
  let at = from;
  while (at < end && !(isSpaceAt(text, at - 1) && !isSpaceAt(text, at))) at++;
  return at;
};

/** Where the chunk of the unit at `index` starts, so that it repeats what it may of the units before it. */
const overlapStart = (text: string, units: readonly Unit[], index: number, earliest: number): number => {
  const limit = units[index]?.start ?? text.length;
  let start = limit;
  for (let i = index - 1; i >= 0; i--) {
    const unitStart = units[i]?.start ?? 0;
    if (unitStart < earliest) break;
    start = unitStart;
  }
  return start < limit ? start : firstWordStart(text, Math.min(earliest, limit), limit);
};

/**
 * Packs units, in their order, as many as fit, into chunks. A chunk repeats the whole units, or else the whole words, at
 * the end of the one before it that fit the overlap; nothing when it starts with what opens.
 */
export const pack = (
  text: string,
  units: readonly Unit[],
  ruler: Ruler,
  { max, overlap, full = Infinity }: PackLimits,
): TextSpan[] => {
  const chunks: TextSpan[] = [];
  const opensAfter = (unit: Unit, { start, end }: TextSpan) =>
    unit.opens === true && ruler.size(start, end) >= full;
  const startAfter = ({ start, end }: TextSpan, unit: Unit, index: number): number => {
    if (overlap === 0) return unit.start;
    const repeated = Math.max(ruler.earliestStart(end, overlap), ruler.earliestStart(unit.end, max));
    return overlapStart(text, units, index, Math.max(repeated, start + 1));
  };
  for (const [index, unit] of units.entries()) {
    const chunk = chunks.at(-1);
    if (chunk === undefined || opensAfter(unit, chunk)) chunks.push({ start: unit.start, end: unit.end });
    else if (ruler.size(chunk.start, unit.end) <= max) chunk.end = unit.end;
    else chunks.push({ start: startAfter(chunk, unit, index), end: unit.end });
  }
  return chunks;
};
