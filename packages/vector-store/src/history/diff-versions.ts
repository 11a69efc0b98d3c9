import { documentMember } from '../publish/set-hash.ts';
import { unpackOrdinals } from '../segment/dead-documents.ts';
import { ordinalsOf, type SegmentDescriptor } from '../segment/segment-format.ts';
import { parseManifest, type SnapshotIndex } from '../snapshot/manifest.ts';
import { readImmutable } from '../store/immutable-objects.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { resolveVersion, type AsOf } from './resolve-version.ts';
import { readRecords, readerOf } from './segment-records.ts';

/** Ids of documents, ascending; `ids` has the first of them, `count` all. */
export interface DifferentDocuments {
  count: number;
  ids: string[];
}

/** What became of the documents between two versions. */
export interface VersionDiff {
  from: number;
  to: number;
  added: DifferentDocuments;
  changed: DifferentDocuments;
  deleted: DifferentDocuments;
  /** Segments that both versions have with the same living documents, and that were therefore not read. */
  sharedSegments: number;
  readSegments: number;
}

type Living = Map<string, string>;

const deadOf = (descriptor: SegmentDescriptor | undefined): Set<number> =>
  new Set(descriptor && (unpackOrdinals(descriptor.dead?.ordinals ?? '', ordinalsOf(descriptor)) ?? []));

// What lives here and not in the same segment of the other version.
const ownOrdinals = (own: SegmentDescriptor, other: SegmentDescriptor | undefined): number[] => {
  const [dead, deadThere] = [deadOf(own), deadOf(other)];
  return Array.from({ length: ordinalsOf(own) }, (_, ordinal) => ordinal).filter(
    (ordinal) => !dead.has(ordinal) && (other === undefined || deadThere.has(ordinal)),
  );
};

interface Side {
  living: Living;
  read: number;
  shared: number;
}

const readSide = async (store: ObjectStore, own: SnapshotIndex, other: SnapshotIndex): Promise<Side> => {
  const there = new Map(other.segments.map((descriptor) => [descriptor.key, descriptor]));
  const side: Side = { living: new Map(), read: 0, shared: 0 };
  for (const descriptor of own.segments) {
    const twin = there.get(descriptor.key);
    if (twin && twin.dead?.ordinals === descriptor.dead?.ordinals) {
      side.shared += 1;
      continue;
    }
    side.read += 1;
    const segment = readerOf(store, own.model.dims, descriptor);
    for await (const { record, chunkIds } of readRecords(segment, ownOrdinals(descriptor, twin)))
      if (!record.deleted) side.living.set(record.documentId, documentMember(record, chunkIds));
  }
  return side;
};

const some = (ids: string[], limit: number): DifferentDocuments => ({
  count: ids.length,
  ids: ids.sort().slice(0, limit),
});

const indexAt = async (store: ObjectStore, indexPath: string, asOf: AsOf) => {
  const { version, manifestKey: key, sha256 } = await resolveVersion(store, indexPath, asOf);
  return { version, index: parseManifest((await readImmutable(store, { key, sha256 })).body, key).index };
};

/**
 * Documents that were added, changed or deleted from one version to another; `limit` bounds the ids of each (default 100). Reads of
 * segments that both have only what lives in one of them. Errors: those of `resolveVersion`, OBJECT_MISSING, SEGMENT_CORRUPT.
 */
export const diffVersions = async (
  store: ObjectStore,
  indexPath: string,
  { from, to, limit = 100 }: { from: AsOf; to: AsOf; limit?: number },
): Promise<VersionDiff> => {
  const [before, after] = await Promise.all([indexAt(store, indexPath, from), indexAt(store, indexPath, to)]);
  const [old, fresh] = [
    await readSide(store, before.index, after.index),
    await readSide(store, after.index, before.index),
  ];
  const ids = [...fresh.living.keys()];
  return {
    from: before.version,
    to: after.version,
    added: some(
      ids.filter((id) => !old.living.has(id)),
      limit,
    ),
    changed: some(
      ids.filter((id) => old.living.has(id) && old.living.get(id) !== fresh.living.get(id)),
      limit,
    ),
    deleted: some(
      [...old.living.keys()].filter((id) => !fresh.living.has(id)),
      limit,
    ),
    sharedSegments: fresh.shared,
    readSegments: old.read + fresh.read,
  };
};
