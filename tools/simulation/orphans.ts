import type { KeptObject } from '@alluvium/testkit/simulation';
import type { IndexFacts } from './facts.ts';

// Books that people read, lists that events point to, and the log as far back as it is needed.
const STAYS = /^(?:HEAD|tags\/|gc\/|rollbacks\/|published\/|history\/)/;

// A tag counts whether its maker heard that it was made or not.
const taggedVersions = (objects: ReadonlyMap<string, KeptObject>, indexPath: string): number[] =>
  [...objects]
    .filter(([key]) => key.startsWith(`${indexPath}tags/`))
    .map(([, { body }]) => (JSON.parse(Buffer.from(body).toString('utf8')) as { version: number }).version);

/** Objects of an index that no kept version names and that nobody keeps for another reason. */
export const orphansOf = (
  objects: ReadonlyMap<string, KeptObject>,
  { indexPath, versions }: IndexFacts,
  retained: readonly number[],
): string[] => {
  const needed = new Set(
    [...retained, ...taggedVersions(objects, indexPath)].flatMap((version) => [
      ...(versions.get(version)?.named.keys() ?? []),
    ]),
  );
  return [...objects.keys()]
    .filter((key) => key.startsWith(indexPath) && !STAYS.test(key.slice(indexPath.length)))
    .filter((key) => !needed.has(key));
};
