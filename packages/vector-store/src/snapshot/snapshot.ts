import { hasCode } from '@alluvium/contracts';
import { systemClock, type Clock } from '../clock.ts';
import { readImmutable } from '../store/immutable-objects.ts';
import { headKey } from './index-paths.ts';
import { parseHead, parseManifest, type Head, type Manifest } from './manifest.ts';
import type { ObjectStore } from '../store/object-store.ts';
import type { ReadMeter } from '../store/range-reads.ts';
import { searchSegments } from '../search/search.ts';
import type { SearchQuery, SearchResult } from '../search/search-types.ts';
import { SegmentReader } from '../segment/segment-reader.ts';

/** What a snapshot is. */
export interface SnapshotDescription {
  version: number;
  publishId: string;
  /** ISO 8601. */
  publishedAt: string;
  fence: number;
  model: { id: string; dims: number };
  documents: number;
  chunks: number;
  tombstones: number;
  segments: number;
  sizeBytes: number;
  setHash: string;
}

/** Everything of one version; a search uses one view from its beginning to its end. */
interface View {
  etag: string;
  head: Head;
  manifest: Manifest;
  segments: SegmentReader[];
}

interface Source {
  store: ObjectStore;
  indexPath: string;
  clock: Clock;
}

const isSameSnapshot = (view: View, head: Head): boolean =>
  view.head.manifestKey === head.manifestKey && view.head.manifestSha256 === head.manifestSha256;

const loadView = async (
  { store }: Source,
  { head, etag }: Pick<View, 'head' | 'etag'>,
  previous: View | undefined,
): Promise<View | undefined> => {
  // A claim rewrites HEAD but not the snapshot.
  if (previous && isSameSnapshot(previous, head)) return { ...previous, head, etag };
  const { manifestKey: key, manifestSha256: sha256 } = head;
  if (key === undefined || sha256 === undefined) return undefined;
  const manifest = parseManifest((await readImmutable(store, { key, sha256 })).body, key);
  // Segments are named by content: what is read of one stays good in every snapshot that has it.
  const known = new Map(previous?.segments.map((reader) => [reader.descriptor.key, reader]));
  const segments = manifest.index.segments.map(
    (descriptor) => known.get(descriptor.key) ?? new SegmentReader(store, descriptor),
  );
  return { etag, head, manifest, segments };
};

/** `unchanged` only to a conditional read. */
const readView = async (
  source: Source,
  previous: View | undefined,
  ifNoneMatch?: string,
): Promise<View | 'unchanged' | undefined> => {
  const key = headKey(source.indexPath);
  const object = await source.store.get(key, ifNoneMatch === undefined ? {} : { ifNoneMatch });
  if (object === undefined) return undefined;
  if (object === 'not-modified') return 'unchanged';
  return loadView(source, { head: parseHead(object.body, key), etag: object.etag }, previous);
};

/** One version of an index, searched where it lies. What is read stays in memory. */
export class Snapshot {
  readonly #source: Source;
  #view: View;

  constructor(source: Source, view: View) {
    this.#source = source;
    this.#view = view;
  }

  /** The view, for `openSnapshot`. */
  get view(): View {
    return this.#view;
  }

  get version(): number {
    return this.#view.head.version;
  }

  /**
   * Searches one version. When its objects are gone (a reader slower than garbage collection), HEAD is read again once and
   * the newer version is searched whole. Errors: see `searchSegments`.
   */
  async search(query: SearchQuery): Promise<SearchResult> {
    const view = this.#view;
    try {
      return await this.#searchView(view, query);
    } catch (error) {
      if (!hasCode(error, 'OBJECT_MISSING')) throw error;
      const fresh = await readView(this.#source, view);
      if (fresh === undefined || fresh === 'unchanged' || isSameSnapshot(view, fresh.head)) throw error;
      this.#view = fresh;
      return this.#searchView(fresh, query);
    }
  }

  #searchView({ segments, manifest }: View, query: SearchQuery): Promise<SearchResult> {
    const { dims } = manifest.index.model;
    return searchSegments({ segments, dims, clock: this.#source.clock }, query);
  }

  describe(): SnapshotDescription {
    const { index, publish } = this.#view.manifest;
    return {
      version: publish.version,
      publishId: publish.publishId,
      publishedAt: publish.createdAt,
      fence: publish.fence,
      model: index.model,
      ...publish.counts,
      segments: index.segments.length,
      sizeBytes: index.segments.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
      setHash: publish.setHash,
    };
  }

  /** Ids of all chunks, in the order of storage. */
  async listChunkIds(): Promise<string[]> {
    const meter: ReadMeter = { requests: 0, bytes: 0 };
    const tables = await Promise.all(this.#view.segments.map((segment) => segment.group('ids', meter)));
    return tables.flatMap(({ chunkIds }) =>
      Array.from({ length: chunkIds.length }, (_, row) => chunkIds.get(row)),
    );
  }
}

/**
 * Opens the current version of an index: HEAD, and its manifest when HEAD moved. With `previous` (of the same index) an unchanged
 * HEAD costs one empty answer, and planes that both versions share are not read again. `undefined` where nothing was published.
 * Errors: HEAD_CORRUPT, MANIFEST_CORRUPT, OBJECT_CORRUPT, OBJECT_MISSING, FORMAT_UNSUPPORTED, STORE_UNAVAILABLE.
 */
export const openSnapshot = async (
  store: ObjectStore,
  indexPath: string,
  { previous, clock = systemClock }: { previous?: Snapshot; clock?: Clock } = {},
): Promise<Snapshot | undefined> => {
  const source = { store, indexPath, clock };
  const before = previous?.view;
  let view;
  try {
    view = await readView(source, before, before?.etag);
  } catch (error) {
    if (!hasCode(error, 'OBJECT_MISSING')) throw error;
    // The manifest went between the two reads: HEAD has moved on.
    view = await readView(source, before);
  }
  if (view === 'unchanged') return previous;
  return view && new Snapshot(source, view);
};
