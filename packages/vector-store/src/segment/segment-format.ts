import type { ContainerFormat, PlaneRange } from '../bytes/container.ts';
import type { DeltaDocument } from '../delta/delta.ts';
import type { SegmentStatistics } from '../filters/segment-statistics.ts';

/**
 * A segment is one immutable object, `segments/<sha256>-<publishId>.seg`: documents in an order of their own (their ordinals), and their
 * chunks (rows) in the order of clusters, so that similar rows are neighbours. docs/format.md is the specification.
 */
export const SEGMENT_FORMAT: ContainerFormat = {
  magic: 'ALVSEGMT',
  version: 2,
  oldestVersion: 2,
  noun: 'segment',
};

/** A document without its chunks, as it lies in payload. */
export interface DocumentRecord extends Omit<DeltaDocument, 'chunks'> {
  /** When a publish first saw the tombstone; begins its horizon. */
  deletedAtMs?: number;
}

/** A chunk, as it lies in payload. */
export type ChunkRecord = [chunkId: string, ordinal: number, start: number, end: number, text: string];

/** Sizes that the manifest states and verification counts again. */
export interface SegmentCounts {
  /** Documents that are there; tombstones are not counted. */
  documents: number;
  chunks: number;
  tombstones: number;
}

/** Rows to look at so that the share of true neighbours in the key is found, measured on rows of the segment itself. */
export interface Calibration {
  /** Rows of the clusters nearest to a query. */
  probedRows: { p95: number; p99: number };
  /** Best rows by their 1-bit codes. */
  rescoredRows: { p95: number; p99: number };
}

/** Documents of a segment that newer segments replace: nobody sees them, and the next merge leaves them out. */
export interface DeadDocuments {
  /** Their ordinals, ascending: varint gaps in base64. */
  ordinals: string;
  counts: SegmentCounts;
}

/** What the manifest knows of a segment; counts include the dead. */
export interface SegmentDescriptor extends SegmentCounts {
  key: string;
  sizeBytes: number;
  sha256: string;
  /** Of the segment's format, so that a reader of planes refuses what it does not know; absent: 2. */
  version?: number;
  /** Terms of all rows together, for the average length. */
  terms: number;
  planes: PlaneRange[];
  statistics: SegmentStatistics;
  /** Absent in small segments, which are read whole. */
  calibration?: Calibration;
  dead?: DeadDocuments;
}

const COUNTED = ['documents', 'chunks', 'tombstones'] as const;

/** Counts of two sets together, or of the first without the second. */
export const addCounts = (left: SegmentCounts, right: SegmentCounts, sign: 1 | -1 = 1): SegmentCounts => {
  const [documents = 0, chunks = 0, tombstones = 0] = COUNTED.map((name) => left[name] + sign * right[name]);
  return { documents, chunks, tombstones };
};

/** What is left of a segment without its dead. */
export const liveCounts = (descriptor: SegmentDescriptor): SegmentCounts =>
  addCounts(descriptor, descriptor.dead?.counts ?? { documents: 0, chunks: 0, tombstones: 0 }, -1);

/** Documents and tombstones of a segment, dead ones included. */
export const ordinalsOf = ({ documents, tombstones }: SegmentCounts): number => documents + tombstones;
