/** One object as it was read. */
export interface StoredObject {
  key: string;
  body: Uint8Array;
  /** Content-derived on S3: equal bytes have equal ETags. Quoted, as S3 answers it. */
  etag: string;
  /** Size of the whole object, also when a range was asked for. */
  sizeBytes: number;
  /** Present where the bucket keeps versions. */
  versionId?: string;
}

/** Half-open byte range: `end` is the first byte that is not read. */
export interface ByteRange {
  start: number;
  end: number;
}

export interface GetOptions {
  /** A range that begins at or past the end of the object is refused with RANGE_INVALID. */
  range?: ByteRange;
  /** With the ETag of what the caller holds; the answer is then `not-modified` if it is still current. */
  ifNoneMatch?: string;
  versionId?: string;
}

/** The write happens only if this holds; S3 decides it atomically. */
export interface PutCondition {
  /** Nothing is there yet. */
  ifNoneMatch?: '*';
  /** What is there has this ETag. */
  ifMatch?: string;
}

export interface PutOptions {
  contentType?: string;
}

export interface PutResult {
  etag: string;
  versionId?: string;
}

export interface ListedObject {
  key: string;
  sizeBytes: number;
  /** The server's clock. */
  lastModified: Date;
  etag: string;
}

/**
 * The only way in which the engine touches storage. Every driver passes the same conformance suite
 * (testkit, `objectStoreConformance`).
 *
 * Errors: `PRECONDITION_FAILED` (conflict) when a condition does not hold, S3's 409 included: read again, then
 * decide; `RANGE_INVALID` (invalid); `STORE_DENIED` (invalid); `STORE_UNAVAILABLE` (unavailable): of a write nobody
 * knows whether it happened.
 */
export interface ObjectStore {
  /** The object, `undefined` when there is none. `not-modified` is answered only to `ifNoneMatch`. */
  get(key: string, options?: GetOptions): Promise<StoredObject | 'not-modified' | undefined>;
  put(key: string, body: Uint8Array, condition?: PutCondition, options?: PutOptions): Promise<PutResult>;
  /** Current objects in ascending order of key. */
  list(prefix: string): AsyncIterable<ListedObject>;
  /** No error when there is nothing. On a versioned bucket older versions stay. */
  delete(key: string): Promise<void>;
}

/** A version of an object, or the marker that its deletion left. */
export interface ListedVersion {
  key: string;
  versionId: string;
  /** What a plain read answers with. */
  isLatest: boolean;
  isDeleteMarker: boolean;
  sizeBytes: number;
  /** The server's clock. */
  lastModified: Date;
}

/** A store that keeps the versions of its objects, and lets them go for good. */
export interface VersionedObjectStore extends ObjectStore {
  /** All versions and markers in ascending order of key, the newest of each key first. */
  listVersions(prefix: string): AsyncIterable<ListedVersion>;
  /** Nobody can bring it back; no error when there is nothing. */
  deleteVersion(key: string, versionId: string): Promise<void>;
}

/** Whether a store lets versions be seen and deleted. */
export const keepsVersions = (store: ObjectStore): store is VersionedObjectStore => 'listVersions' in store;

/** `get` for callers that hold no earlier copy: the object or `undefined`. */
export const readObject = async (
  store: ObjectStore,
  key: string,
  options: Omit<GetOptions, 'ifNoneMatch'> = {},
): Promise<StoredObject | undefined> => {
  const object = await store.get(key, options);
  return object === 'not-modified' ? undefined : object;
};
