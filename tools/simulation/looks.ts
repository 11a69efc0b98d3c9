import { contentKeyOf, type Facts, type IndexFacts, type VersionFacts } from './facts.ts';
import type { Look, TailLook } from './invariants/reads.ts';
import { contentOf } from './reference-model.ts';

/** What a reader saw. */
export interface RawLook extends Pick<Look, 'reader' | 'version' | 'versionBefore' | 'found'> {
  /** Content keys of the deltas that were announced before it began. */
  announced: readonly string[];
  tail: { deltas: readonly { runId: string; deltaId: string }[]; omitted: number };
}

const NOTHING: Pick<VersionFacts, 'chunkIds' | 'applied' | 'reverted'> = {
  chunkIds: [],
  applied: new Map(),
  reverted: new Set(),
};

const expectedOf = (
  { byContentKey }: Facts,
  seen: Pick<VersionFacts, 'chunkIds' | 'applied'> | undefined,
  tail: readonly string[],
): readonly string[] | undefined => {
  if (seen === undefined || tail.length === 0) return seen?.chunkIds;
  const keys = new Set([...seen.applied.keys(), ...tail]);
  return contentOf([...keys].flatMap((key) => byContentKey.get(key)?.delta ?? [])).chunkIds;
};

/** A look, with what it should have seen. */
export const weighLook = (
  facts: Facts,
  { versions }: Pick<IndexFacts, 'versions'>,
  raw: RawLook,
): { look: Look; tailLook: TailLook } => {
  const { announced, tail: raised, ...look } = raw;
  const { reader, version } = look;
  const seen = version === 0 ? NOTHING : versions.get(version);
  const { applied, reverted: refused } = seen ?? NOTHING;
  const tail = raised.deltas.map(contentKeyOf);
  const isAwaited = (key: string): boolean =>
    !applied.has(key) && !refused.has(key) && !facts.poisoned.has(key);
  const awaited = announced.filter(isAwaited);
  return {
    look: { ...look, expected: expectedOf(facts, seen, tail) },
    tailLook: { reader, version, tail, omitted: raised.omitted, awaited, refused },
  };
};
