import { createHash } from 'node:crypto';
import type {
  ByteRange,
  GetOptions,
  ListedVersion,
  PutCondition,
  StoredObject,
  VersionedObjectStore,
} from './object-store.ts';
import { preconditionFailed, rangeInvalid } from './store-errors.ts';

interface MemoryVersion {
  versionId: string;
  body: Uint8Array;
  etag: string;
  lastModifiedMs: number;
  deleted: boolean;
}

const cut = (key: string, body: Uint8Array, range: ByteRange | undefined): Uint8Array => {
  if (range && (range.start >= body.length || range.end <= range.start)) throw rangeInvalid(key, range);
  // A copy: callers may change what they got.
  return body.slice(range?.start ?? 0, range?.end ?? body.length);
};

const assertCondition = (
  key: string,
  current: MemoryVersion | undefined,
  { ifNoneMatch, ifMatch }: PutCondition,
) => {
  if (ifNoneMatch !== undefined && current) throw preconditionFailed(key, { ifNoneMatch });
  if (ifMatch !== undefined && current?.etag !== ifMatch)
    throw preconditionFailed(key, { ifMatch }, { status: current ? 412 : 404 });
};

const read = (key: string, version: MemoryVersion, options: GetOptions): StoredObject | 'not-modified' => {
  if (options.ifNoneMatch === version.etag) return 'not-modified';
  return {
    key,
    body: cut(key, version.body, options.range),
    etag: version.etag,
    sizeBytes: version.body.length,
    versionId: version.versionId,
  };
};

const byCodePoint = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);

/** The versions of each key, the newest last. */
class VersionedObjects {
  readonly #versions = new Map<string, MemoryVersion[]>();
  readonly #nowMs: () => number;
  #lastVersion = 0;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  current(key: string): MemoryVersion | undefined {
    const version = this.#versions.get(key)?.at(-1);
    return version?.deleted ? undefined : version;
  }

  find(key: string, versionId: string | undefined): MemoryVersion | undefined {
    if (versionId === undefined) return this.current(key);
    return this.#versions.get(key)?.find((version) => version.versionId === versionId && !version.deleted);
  }

  append(key: string, body: Uint8Array, deleted = false): MemoryVersion {
    this.#lastVersion += 1;
    const etag = `"${createHash('md5').update(body).digest('hex')}"`;
    const versionId = `v${this.#lastVersion}`;
    const version = { versionId, body, etag, lastModifiedMs: this.#nowMs(), deleted };
    this.#versions.set(key, [...(this.#versions.get(key) ?? []), version]);
    return version;
  }

  /** The newest first. */
  versions(key: string): ListedVersion[] {
    return (this.#versions.get(key) ?? []).toReversed().map((version, index) => ({
      key,
      versionId: version.versionId,
      isLatest: index === 0,
      isDeleteMarker: version.deleted,
      sizeBytes: version.body.length,
      lastModified: new Date(version.lastModifiedMs),
    }));
  }

  remove(key: string, versionId: string): void {
    const left = (this.#versions.get(key) ?? []).filter((version) => version.versionId !== versionId);
    this.#versions.set(key, left);
  }

  keys(prefix: string): string[] {
    return [...this.#versions.keys()].filter((key) => key.startsWith(prefix)).sort(byCodePoint);
  }
}

/** A versioned bucket in memory. ETags are content-derived, as on S3, so that an ABA mistake shows in tests too. */
export const memoryObjectStore = ({
  nowMs = () => Date.now(),
}: { nowMs?: () => number } = {}): VersionedObjectStore => {
  const objects = new VersionedObjects(nowMs);
  return {
    get: async (key, options = {}) => {
      await Promise.resolve();
      const version = objects.find(key, options.versionId);
      return version && read(key, version, options);
    },
    put: async (key, body, condition = {}) => {
      await Promise.resolve();
      assertCondition(key, objects.current(key), condition);
      const { etag, versionId } = objects.append(key, new Uint8Array(body));
      return { etag, versionId };
    },
    list: async function* (prefix) {
      await Promise.resolve();
      for (const key of objects.keys(prefix)) {
        const version = objects.current(key);
        if (!version) continue;
        const { body, etag, lastModifiedMs } = version;
        yield { key, sizeBytes: body.length, lastModified: new Date(lastModifiedMs), etag };
      }
    },
    delete: async (key) => {
      await Promise.resolve();
      if (objects.current(key)) objects.append(key, new Uint8Array(), true);
    },
    listVersions: async function* (prefix) {
      await Promise.resolve();
      for (const key of objects.keys(prefix)) yield* objects.versions(key);
    },
    deleteVersion: async (key, versionId) => {
      await Promise.resolve();
      objects.remove(key, versionId);
    },
  };
};
