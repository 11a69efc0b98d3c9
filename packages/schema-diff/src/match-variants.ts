import { viewOf, type Place } from './view.ts';

/** Variants of the old and the new schema that belong together. */
export interface VariantPair {
  /** Value of the tag, e.g. `commit`. */
  tag: string;
  old?: Place;
  now?: Place;
}

/** The values of all properties that allow just one. */
const tagOf = (variant: Place, position: number): string => {
  const { properties, required } = viewOf(variant);
  const tags = [...properties].flatMap(([name, property]) => {
    const values = required.has(name) ? viewOf(property).values : undefined;
    return values?.length === 1 ? [values.join('').replaceAll('"', '')] : [];
  });
  return tags.length === 0 ? `variant ${position}` : tags.join(' ');
};

const byTag = (choices: Place[][]): Map<string, Place> =>
  new Map(
    choices.flatMap((variants) => variants.map((variant, position) => [tagOf(variant, position), variant])),
  );

/** Pairs the variants of oneOf by their const tags; untagged ones by position. */
export const matchVariants = (old: Place[][], now: Place[][]): VariantPair[] => {
  const before = byTag(old);
  const after = byTag(now);
  return [...new Set([...before.keys(), ...after.keys()])].map((tag) => {
    const [left, right] = [before.get(tag), after.get(tag)];
    return { tag, ...(left && { old: left }), ...(right && { now: right }) };
  });
};
