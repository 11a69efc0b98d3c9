import type { Checksum, ChecksumAlgorithm, ChecksumType } from './checksums.ts';

export type VersioningStatus = 'Enabled' | 'Suspended';

export interface BucketRecord {
  name: string;
  createdMs: number;
  region: string;
  /** Absent until versioning is first configured; it can never become absent again. */
  versioning?: VersioningStatus;
  /** Configuration documents as they were put, by subresource (`lifecycle`, `cors`, `policy`, ...). */
  configurations: Record<string, string>;
}

/** One file of the blob store. */
export interface BlobSlice {
  blob: string;
  sizeBytes: number;
}

export type Tag = readonly [key: string, value: string];

/** What an upload brings, before it becomes a version of an object. */
export interface ObjectDraft {
  sizeBytes: number;
  /** Without quotes. */
  etag: string;
  /** The body is these files, one after another: one for a single put, one a part for a multipart upload. */
  slices: BlobSlice[];
  multipart: boolean;
  /** Content headers and user metadata, answered as they were stored. */
  headers: Record<string, string>;
  tags: Tag[];
  checksum?: Checksum;
  /** The checksum of each part of a multipart upload, where there is one. */
  partChecksums?: string[];
}

interface VersionIdentity {
  key: string;
  /** Sorts newest first among the versions of a key. */
  order: string;
  /** `null` for what is written while versioning is off or suspended. */
  versionId: string;
  modifiedMs: number;
}

export interface StoredObject extends ObjectDraft, VersionIdentity {
  kind: 'object';
}

export interface DeleteMarker extends VersionIdentity {
  kind: 'marker';
}

export type ObjectVersion = StoredObject | DeleteMarker;

export interface UploadRecord {
  uploadId: string;
  bucket: string;
  key: string;
  initiatedMs: number;
  headers: Record<string, string>;
  tags: Tag[];
  checksum?: { algorithm: ChecksumAlgorithm; type: ChecksumType };
}

export interface PartRecord extends BlobSlice {
  partNumber: number;
  etag: string;
  modifiedMs: number;
  /** Checksums in base64 by algorithm. */
  checksums: Partial<Record<ChecksumAlgorithm, string>>;
}

export const NULL_VERSION = 'null';

export const slicesOf = (version: ObjectVersion | undefined): string[] =>
  version?.kind === 'object' ? version.slices.map(({ blob }) => blob) : [];

/** Runtime shape guaranteed by the key it is stored under: only this folder writes the store. */
export type StoreOperation = { type: 'put'; key: string; value: unknown } | { type: 'del'; key: string };

export const put = (key: string, value: unknown): StoreOperation => ({ type: 'put', key, value });
export const del = (key: string): StoreOperation => ({ type: 'del', key });
