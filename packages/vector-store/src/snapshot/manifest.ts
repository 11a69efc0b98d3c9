import { PipelineError } from '@alluvium/contracts';
import { crc32 } from 'node:zlib';
import { assertIndex, headFault, historyFault, publishFault } from './check-index.ts';
import { corruptObject } from '../store/store-errors.ts';
import type { SegmentCounts, SegmentDescriptor } from '../segment/segment-format.ts';

/** An immutable object of the index. */
export interface ObjectPointer {
  key: string;
  sha256: string;
  sizeBytes: number;
}

/** What a search needs of a snapshot. */
export interface SnapshotIndex {
  model: { id: string; dims: number };
  /** Which analyzer made the terms. */
  analyzer: string;
  segments: SegmentDescriptor[];
}

/** What made a version, where it was not a publish of deltas. */
export interface VersionChange {
  kind: 'rollback' | 'unrevert' | 'erase';
  /** Of a rollback: the version whose content this one has. */
  version?: number;
}

/** A committed version, as the versions after it remember it. Where its manifest lies follows from version and publishId. */
export interface VersionEntry {
  version: number;
  publishId: string;
  /** Of the manifest. */
  sha256: string;
  createdAt: string;
  documents: number;
  chunks: number;
  change?: VersionChange;
}

/** The versions before one, oldest first; those before the first of `recent` are in the page `older`. */
export interface VersionLog {
  recent: VersionEntry[];
  older?: ObjectPointer;
}

/** `history-page.v1` (schemas/objects). Immutable. */
export interface HistoryPage {
  format: 'history-page.v1';
  versions: VersionEntry[];
  older?: ObjectPointer;
}

/** `manifest.v1` (schemas/objects): everything a snapshot consists of. Immutable. */
export interface Manifest {
  format: 'manifest.v1';
  index: SnapshotIndex;
  /** What publishing needs. */
  publish: {
    version: number;
    publishId: string;
    fence: number;
    createdAt: string;
    counts: SegmentCounts;
    setHash: string;
    applied: ObjectPointer;
    /** Absent in manifests of the first releases: what was before is not known. */
    history?: VersionLog;
    /** Absent where deltas were published. */
    change?: VersionChange;
  };
}

/**
 * `head.v1` (schemas/objects): the pointer that a publish moves. `publishId` makes every body, hence every ETag, unique: ETags are
 * content-derived, and without it If-Match would take an old state for the current one.
 * Version 0 is a claim before the first commit: there is no manifest yet.
 */
export interface Head {
  format: 'head.v1';
  version: number;
  /** Of the owner who wrote last; never decreases. */
  fence: number;
  /** ULID, new with every write of HEAD. */
  publishId: string;
  /** Absent in the very first HEAD. */
  parentPublishId?: string;
  /** Absent, as its hash, before the first commit. */
  manifestKey?: string;
  manifestSha256?: string;
  counts: SegmentCounts;
  setHash: string;
  /** The last 32, the own one included: tells a publisher whether his write landed. */
  recentPublishIds: string[];
  /** When this version was committed (a claim keeps it), ISO 8601. */
  createdAt: string;
  /** The manifest's `index` as JSON, where it is small, and its crc32: saves a cold reader a round trip. */
  index?: string;
  indexCrc32?: number;
}

const LARGEST_INLINE_INDEX = 48_000;

/** The fields of HEAD that carry the index of a snapshot along; none when it is large. */
export const inlineIndex = (index: SnapshotIndex): Pick<Head, 'index' | 'indexCrc32'> => {
  const json = JSON.stringify(index);
  return json.length > LARGEST_INLINE_INDEX ? {} : { index: json, indexCrc32: crc32(json) };
};

/** The index that HEAD carries; undefined when it has none. Error: HEAD_CORRUPT. */
export const openInlineIndex = ({ index, indexCrc32 }: Head, key: string): SnapshotIndex | undefined => {
  if (index === undefined) return undefined;
  if (crc32(index) !== indexCrc32)
    throw corruptObject('HEAD_CORRUPT', `The index within ${key} does not match its checksum`, { key });
  const parsed: unknown = parseJson(Buffer.from(index));
  assertIndex(parsed, key, 'HEAD_CORRUPT');
  return parsed as SnapshotIndex;
};

const parseJson = (bytes: Uint8Array): { format?: unknown } | undefined => {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
};

/** A stored document of ours. Errors: `<NOUN>_CORRUPT`, FORMAT_UNSUPPORTED. */
export const parseStored = (bytes: Uint8Array, format: string, key: string): object => {
  const value = parseJson(bytes);
  if (value?.format === format) return value;
  const isOther = typeof value?.format === 'string';
  const code = isOther ? 'FORMAT_UNSUPPORTED' : `${format.replace(/[-.].*/, '').toUpperCase()}_CORRUPT`;
  throw new PipelineError(`${key} is no ${format} but ${isOther ? String(value.format) : 'something else'}`, {
    code,
    kind: isOther ? 'invalid' : 'corrupt',
    details: { key },
  });
};

/** Errors: HEAD_CORRUPT, FORMAT_UNSUPPORTED. */
export const parseHead = (bytes: Uint8Array, key: string): Head => {
  const head = parseStored(bytes, 'head.v1', key);
  const fault = headFault(head);
  if (fault === undefined) return head as Head;
  throw corruptObject('HEAD_CORRUPT', `${key} is corrupt: ${fault}`, { key });
};

/** Errors: MANIFEST_CORRUPT, FORMAT_UNSUPPORTED. */
export const parseManifest = (bytes: Uint8Array, key: string): Manifest => {
  const manifest = parseStored(bytes, 'manifest.v1', key) as Partial<Manifest>;
  assertIndex(manifest.index, key, 'MANIFEST_CORRUPT');
  const fault = publishFault(manifest.publish);
  if (fault === undefined) return manifest as Manifest;
  throw corruptObject('MANIFEST_CORRUPT', `The publish section of ${key} is corrupt: ${fault}`, { key });
};

/** Errors: HISTORY_CORRUPT, FORMAT_UNSUPPORTED. */
export const parseHistoryPage = (bytes: Uint8Array, key: string): HistoryPage => {
  const page = parseStored(bytes, 'history-page.v1', key);
  const fault = historyFault(page);
  if (fault === undefined) return page as HistoryPage;
  throw corruptObject('HISTORY_CORRUPT', `${key} is corrupt: ${fault}`, { key });
};

/** HEAD as it was when a version was current, without the index inline. */
export const headOf = (
  { publish: { version, fence, publishId, counts, setHash, createdAt } }: Manifest,
  { key, sha256 }: Pick<ObjectPointer, 'key' | 'sha256'>,
): Head => ({
  format: 'head.v1',
  version,
  fence,
  publishId,
  manifestKey: key,
  manifestSha256: sha256,
  counts,
  setHash,
  recentPublishIds: [publishId],
  createdAt,
});

/** A document of ours as stored bytes. */
export const jsonBytes = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));
