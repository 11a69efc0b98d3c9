import { parseManifest, type Manifest } from '../snapshot/manifest.ts';
import { readImmutable } from '../store/immutable-objects.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { inBatches } from './in-batches.ts';
import { logPages } from './version-log.ts';
import type { KnownVersion } from './versions.ts';

/** Keys of the objects that a manifest names, its own among them. */
export const namedBy = ({ index, publish }: Manifest, manifestKey: string): string[] => [
  manifestKey,
  publish.applied.key,
  ...index.segments.map(({ key }) => key),
];

/** Pages of the log as far back as a kept version reaches. */
const pagesFor = async (
  store: ObjectStore,
  newest: Manifest,
  kept: ReadonlySet<number>,
): Promise<string[]> => {
  const [pages, needed]: [string[], string[]] = [[], []];
  for await (const { pointer, versions } of logPages(store, newest.publish.history)) {
    pages.push(pointer.key);
    if (versions.some(({ version }) => kept.has(version))) needed.splice(0, Infinity, ...pages);
  }
  return needed;
};

/**
 * Keys of everything that some versions need (`versions`: newest first, the current one among them). A manifest that cannot be read is
 * an error: what it names is not known, and nothing must be deleted on half of the truth. Errors: OBJECT_MISSING, OBJECT_CORRUPT,
 * MANIFEST_CORRUPT, HISTORY_CORRUPT, STORE_UNAVAILABLE.
 */
export const closureOf = async (
  store: ObjectStore,
  versions: readonly KnownVersion[],
): Promise<Set<string>> => {
  const named = new Set<string>();
  let newest: Manifest | undefined;
  await inBatches(versions, async ({ manifestKey: key, sha256, state }) => {
    const manifest = parseManifest((await readImmutable(store, { key, sha256 })).body, key);
    if (state === 'current') newest = manifest;
    for (const name of namedBy(manifest, key)) named.add(name);
  });
  const kept = new Set(versions.map(({ version }) => version));
  if (newest) for (const key of await pagesFor(store, newest, kept)) named.add(key);
  return named;
};
