import {
  changesContract,
  compareSchemas,
  describeChange,
  isBreaking,
  type JsonSchema,
} from '@alluvium/schema-diff';
import type { ReleasedSchema } from './releases.ts';

/** How a schema stands to what was released under its name. */
export interface SchemaReview {
  name: string;
  /** `draft`: never released. `changed`: differs from its newest release in more than words. */
  state: 'draft' | 'released' | 'changed' | 'retired' | 'missing';
  /** Number of the newest release; 0 when there is none. */
  newest: number;
  /** Why the schema must not be released as it is, one sentence each. */
  faults: string[];
}

const reviewPresent = (
  name: string,
  schema: JsonSchema,
  { releases, retired }: Pick<ReleasedSchema, 'releases' | 'retired'>,
): SchemaReview => {
  const faults = new Set<string>();
  if (retired) faults.add(`${name} was retired; a new event needs a new name.`);
  for (const [index, old] of releases.entries()) {
    const release = `release ${index + 1}`;
    if (old.$id !== schema.$id)
      faults.add(`$id differs from that of ${release}: a schema stays in its folder.`);
    const breaking = compareSchemas(old, schema).filter(isBreaking);
    for (const change of breaking) faults.add(`${describeChange(change)} (against ${release})`);
  }
  const newest = releases.at(-1);
  const changed = newest !== undefined && compareSchemas(newest, schema).some(changesContract);
  const state = newest === undefined ? 'draft' : changed ? 'changed' : 'released';
  return { name, state, newest: releases.length, faults: [...faults] };
};

/** `documents.derived.v1` -> [`documents.derived`, 1] */
const majorOf = (name: string): [noun: string, major: number] => {
  const dot = name.lastIndexOf('.v');
  return [name.slice(0, dot), Number(name.slice(dot + 2))];
};

const reviewAbsent = ({ name, releases, retired }: ReleasedSchema, names: string[]): SchemaReview => {
  const [noun, major] = majorOf(name);
  const succeeded = names.some((other) => majorOf(other)[0] === noun && majorOf(other)[1] > major);
  const newest = releases.length;
  if (retired || succeeded) return { name, state: 'retired', newest, faults: [] };
  const next = `${noun}.v${major + 1}`;
  const fault = `${name} was released and is gone. Bring it back, add ${next}, or say why in schemas/released/${name}/RETIRED.md.`;
  return { name, state: 'missing', newest, faults: [fault] };
};

/**
 * Judges every schema against every release of its name: FULL and transitive.
 * A released name that is gone is a fault unless a later major took over or it was retired on purpose;
 * its releases stay, so that the name can never come back with another meaning.
 */
export const reviewSchemas = (
  current: Map<string, JsonSchema>,
  released: ReleasedSchema[],
): SchemaReview[] => {
  const byName = new Map(released.map((entry) => [entry.name, entry]));
  const present = [...current].map(([name, schema]) =>
    reviewPresent(name, schema, byName.get(name) ?? { releases: [], retired: false }),
  );
  const gone = released.filter(({ name }) => !current.has(name));
  return [...present, ...gone.map((entry) => reviewAbsent(entry, [...current.keys()]))];
};
