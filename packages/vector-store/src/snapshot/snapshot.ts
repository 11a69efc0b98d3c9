import { hasCode } from '@alluvium/contracts';
import { residentCache, type PlaneCache } from '../cache/plane-cache.ts';
import { systemClock, type Clock } from '../clock.ts';
import type { DeltaDocument } from '../delta/delta.ts';
import { readImmutable } from '../store/immutable-objects.ts';
import { resolveVersion, type AsOf } from '../history/resolve-version.ts';
import { headKey } from './index-paths.ts';
import {
  headOf,
  openInlineIndex,
  parseHead,
  parseManifest,
  type Head,
  type SnapshotIndex,
} from './manifest.ts';
import { readDocuments } from './read-documents.ts';
import type { ObjectStore } from '../store/object-store.ts';
import type { ReadMeter } from '../store/range-reads.ts';
import { SMALL_ROWS } from '../search/planner.ts';
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
  /** Of HEAD; undefined where the view is not HEAD's. */
  etag: string | undefined;
  head: Head;
  index: SnapshotIndex;
  segments: SegmentReader[];
}

interface Source {
  store: ObjectStore;
  indexPath: string;
  clock: Clock;
  cache: PlaneCache;
  /** A version of the past: no other will do. */
  isPinned?: boolean;
}

const isSameSnapshot = (view: View, head: Head): boolean =>
  view.head.manifestKey === head.manifestKey && view.head.manifestSha256 === head.manifestSha256;

const readIndex = async ({ store, indexPath }: Source, head: Head): Promise<SnapshotIndex | undefined> => {
  const { manifestKey: key, manifestSha256: sha256 } = head;
  if (key === undefined || sha256 === undefined) return undefined;
  const inline = openInlineIndex(head, headKey(indexPath));
  return inline ?? parseManifest((await readImmutable(store, { key, sha256 })).body, key).index;
};

const loadView = async (
  source: Source,
  { head, etag, index: known }: Pick<View, 'head' | 'etag'> & { index?: SnapshotIndex },
  previous: View | undefined,
): Promise<View | undefined> => {
  // A claim rewrites HEAD but not the snapshot.
  if (previous && isSameSnapshot(previous, head)) return { ...previous, head, etag };
  const index = known ?? (await readIndex(source, head));
  if (!index) return undefined;
  // Segments are named by content: what is read of one stays good in every snapshot that has it, whichever of its documents are dead.
  const readers = new Map(previous?.segments.map((reader) => [reader.descriptor.key, reader]));
  const segments = index.segments.map((descriptor) => {
    const reader = readers.get(descriptor.key);
    if (!reader) return new SegmentReader({ ...source, dims: index.model.dims }, descriptor);
    return reader.descriptor.dead?.ordinals === descriptor.dead?.ordinals
      ? reader
      : reader.describedBy(descriptor);
  });
  return { etag, head, index, segments };
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

const MANIFEST_NAME = /\/\d+-([^/]+)\.json$/;

const LATER_PLANES = ['rows', 'rowDocuments', 'lexiconIndex', 'lexicon', 'postings', 'payload'];

/** One version of an index, searched where it lies. What is read whole stays in the cache. */
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

  get cache(): PlaneCache {
    return this.#source.cache;
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
      if (!hasCode(error, 'OBJECT_MISSING') || this.#source.isPinned === true) throw error;
      const fresh = await readView(this.#source, view);
      if (fresh === undefined || fresh === 'unchanged' || isSameSnapshot(view, fresh.head)) throw error;
      this.#view = fresh;
      return this.#searchView(fresh, query);
    }
  }

  #searchView({ segments, index }: View, query: SearchQuery): Promise<SearchResult> {
    const { dims } = index.model;
    return searchSegments({ segments, dims, clock: this.#source.clock }, query);
  }

  describe(): SnapshotDescription {
    const { head, index } = this.#view;
    return {
      version: head.version,
      publishId: MANIFEST_NAME.exec(head.manifestKey ?? '')?.[1] ?? head.publishId,
      publishedAt: head.createdAt,
      fence: head.fence,
      model: index.model,
      ...head.counts,
      segments: index.segments.length,
      sizeBytes: index.segments.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
      setHash: head.setHash,
    };
  }

  /**
   * Loads what the next searches need, for as long as the cache has room: the rows of small segments and the codes of large ones, then
   * all rows, then words and passages. Errors: those of the store.
   */
  async warm(): Promise<ReadMeter> {
    const meter: ReadMeter = { requests: 0, bytes: 0 };
    const { segments } = this.#view;
    const { cache } = this.#source;
    const first = segments.flatMap((segment) =>
      (segment.rows < SMALL_ROWS ? ['rows'] : ['codes', 'clusters']).map((plane) => ({ segment, plane })),
    );
    const rest = LATER_PLANES.flatMap((plane) => segments.map((segment) => ({ segment, plane })));
    for (const { segment, plane } of [...first, ...rest]) {
      if (segment.holds(plane)) continue;
      if (cache.usage().memoryBytes + segment.sizeOf(plane) > cache.memoryBytes) continue;
      await segment.whole(plane, meter);
    }
    return meter;
  }

  /** Every document that is not superseded, tombstones included, with its vectors, segment by segment; reads all of the snapshot. Errors: those of the store. */
  documents(): AsyncGenerator<DeltaDocument> {
    return readDocuments(this.#source.store, this.#view.index);
  }

  /** Ids of all chunks, in the order of storage; reads all of the snapshot. */
  async listChunkIds(): Promise<string[]> {
    const ids: string[] = [];
    for await (const { chunks } of this.documents()) ids.push(...chunks.map(({ chunkId }) => chunkId));
    return ids;
  }
}

const keepingOf = ({ previous, clock, cache }: OpenOptions): Pick<Source, 'clock' | 'cache'> => ({
  clock: clock ?? systemClock,
  cache: cache ?? previous?.cache ?? residentCache({ memoryBytes: CACHE_BYTES }),
});

// Never from HEAD's inline index: that is the one of another version.
const openPast = async (
  source: Source,
  asOf: AsOf,
  previous: View | undefined,
): Promise<Snapshot | undefined> => {
  const { manifestKey: key, sha256 } = await resolveVersion(source.store, source.indexPath, asOf);
  const manifest = parseManifest((await readImmutable(source.store, { key, sha256 })).body, key);
  const head = headOf(manifest, { key, sha256 });
  const view = await loadView(source, { head, etag: undefined, index: manifest.index }, previous);
  return view && new Snapshot({ ...source, isPinned: true }, view);
};

const CACHE_BYTES = 512_000_000;

/** How a snapshot is opened. */
export interface OpenOptions {
  /** Of the same index: an unchanged HEAD costs one empty answer, and what both versions share is not read again. */
  previous?: Snapshot;
  clock?: Clock;
  /** A version of the past, which then never gives way to a newer one. */
  asOf?: AsOf;
  /** Where planes stay; by default 512 MB of memory of the snapshot's own, or the cache of `previous`. */
  cache?: PlaneCache;
}

/**
 * Opens the current version of an index: HEAD, and its manifest when it is too large to lie in HEAD. `undefined` where nothing was
 * published. With `asOf` a version of the past: VERSION_EXPIRED, VERSION_UNKNOWN, TAG_UNKNOWN, AS_OF_INVALID. Errors: HEAD_CORRUPT, MANIFEST_CORRUPT, OBJECT_CORRUPT, OBJECT_MISSING, FORMAT_UNSUPPORTED, STORE_UNAVAILABLE.
 */
export const openSnapshot = async (
  store: ObjectStore,
  indexPath: string,
  options: OpenOptions = {},
): Promise<Snapshot | undefined> => {
  const { previous, asOf } = options;
  const source = { store, indexPath, ...keepingOf(options) };
  const before = previous?.view;
  if (asOf !== undefined) return openPast(source, asOf, before);
  const view = await readView(source, before, before?.etag).catch((error: unknown) => {
    if (!hasCode(error, 'OBJECT_MISSING')) throw error;
    // The manifest went between the two reads: HEAD has moved on.
    return readView(source, before);
  });
  if (view === 'unchanged') return previous;
  return view && new Snapshot(source, view);
};
