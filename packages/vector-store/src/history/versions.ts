import { readHead } from '../snapshot/head-object.ts';
import { parseManifest, type Head, type Manifest, type VersionEntry } from '../snapshot/manifest.ts';
import { readImmutable } from '../store/immutable-objects.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { markedKeys, readMarks } from './garbage-marks.ts';
import { listTags } from './tags.ts';
import { entryOf, logPages, manifestKeyOf } from './version-log.ts';

/**
 * `current`: HEAD. `kept`: can be read and built on. `going`: can be read until the next cycle of garbage collection. `expired`: its
 * manifest is gone.
 */
export type VersionState = 'current' | 'kept' | 'going' | 'expired';

/** A committed version of an index. */
export interface KnownVersion extends VersionEntry {
  state: VersionState;
  manifestKey: string;
  /** When the next version took its place, ISO 8601; absent for the current one. */
  supersededAt?: string;
  /** Names that it has, ascending. */
  tags: string[];
}

/** The manifest that HEAD names; undefined before the first commit. */
export const currentManifest = async (
  store: ObjectStore,
  head: Head | undefined,
): Promise<Manifest | undefined> => {
  const { manifestKey: key, manifestSha256: sha256 } = head ?? {};
  if (key === undefined || sha256 === undefined) return undefined;
  return parseManifest((await readImmutable(store, { key, sha256 })).body, key);
};

const keysUnder = async (store: ObjectStore, prefix: string): Promise<Set<string>> => {
  const keys = new Set<string>();
  for await (const { key } of store.list(prefix)) keys.add(key);
  return keys;
};

/** Committed versions of `manifest` and before it, newest first, as far as the log goes. */
export const loggedVersions = async (
  store: ObjectStore,
  manifest: Manifest,
  sha256: string,
): Promise<VersionEntry[]> => {
  const log = manifest.publish.history;
  const entries = [entryOf(manifest, sha256), ...(log?.recent ?? []).toReversed()];
  for await (const { versions } of logPages(store, log)) entries.push(...versions.toReversed());
  return entries;
};

/**
 * All versions that an index ever had, newest first, as far as its log goes; only a committed version is one. Empty where nothing was
 * published. Errors: HEAD_CORRUPT, MANIFEST_CORRUPT, HISTORY_CORRUPT, OBJECT_MISSING, STORE_UNAVAILABLE.
 */
export const readVersions = async (store: ObjectStore, indexPath: string): Promise<KnownVersion[]> => {
  const head = (await readHead(store, indexPath))?.head;
  const manifest = await currentManifest(store, head);
  if (manifest === undefined) return [];
  const [entries, marks, present, tags] = await Promise.all([
    loggedVersions(store, manifest, head?.manifestSha256 ?? ''),
    readMarks(store, indexPath),
    keysUnder(store, `${indexPath}manifests/`),
    listTags(store, indexPath),
  ]);
  const marked = markedKeys(marks);
  const stateOf = (key: string, index: number): VersionState => {
    if (index === 0) return 'current';
    if (!present.has(key)) return 'expired';
    return marked.has(key) ? 'going' : 'kept';
  };
  return entries.map((entry, index) => {
    const manifestKey = manifestKeyOf(indexPath, entry);
    const supersededAt = entries[index - 1]?.createdAt;
    return {
      ...entry,
      state: stateOf(manifestKey, index),
      manifestKey,
      ...(supersededAt !== undefined && { supersededAt }),
      tags: tags.filter((tag) => tag.manifestKey === manifestKey).map(({ name }) => name),
    };
  });
};

/** Whether one may build on a version: it is neither gone nor about to be. */
export const isLasting = ({ state }: Pick<KnownVersion, 'state'>): boolean =>
  state === 'current' || state === 'kept';
