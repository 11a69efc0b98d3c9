import type { ContainerFormat, PlaneRange } from '../bytes/container.ts';
import type { DeltaDocument } from '../delta/delta.ts';

/**
 * A segment is one immutable object, `segments/<sha256>.seg`: documents in an order of their own, the chunks (rows) of a
 * document side by side. Planes of a group lie side by side, so that one range read gets the group.
 */
export const SEGMENT_FORMAT: ContainerFormat = { magic: 'ALVSEGMT', version: 1, noun: 'segment' };

/**
 * scan: `rows` int8 rows x dims, `scales` f32 a row.
 * columns: `documentEntity` u32 into `entities` (strings), `documentModified` f64 ms or NaN, `documentFirstRow` u32 n + 1,
 *   `rowLength` u32 terms, `recordOffset` u32 records + 1 and `recordCrc` u32 a record into payload.
 * ids: `entityIds` a document, `chunkIds` a row.
 * attributes: `attributeNames` JSON {name: {values, start, end}}, `attributeDocuments` and `attributeCodes` u32 side by side.
 * lexicon: `terms` sorted, `termRows` u32 rows that have it, `termOffset` u32 terms + 1 and `termCrc` u32 into postings.
 * postings: see pushPostings. payload: for each document its DocumentRecord, then a ChunkRecord a row, both JSON.
 */
export const PLANE_GROUPS = {
  scan: ['rows', 'scales'],
  columns: [
    'documentEntity',
    'documentModified',
    'documentFirstRow',
    'rowLength',
    'recordOffset',
    'recordCrc',
    'entities',
  ],
  ids: ['entityIds', 'chunkIds'],
  attributes: ['attributeNames', 'attributeDocuments', 'attributeCodes'],
  lexicon: ['terms', 'termRows', 'termOffset', 'termCrc'],
  postings: ['postings'],
  payload: ['payload'],
} as const;

export type PlaneGroup = keyof typeof PLANE_GROUPS;

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

/** What the manifest knows of a segment. */
export interface SegmentDescriptor extends SegmentCounts {
  key: string;
  sizeBytes: number;
  sha256: string;
  /** Terms of all rows together, for the average length. */
  terms: number;
  planes: PlaneRange[];
}

/** What an attribute's entries are, in `attributeNames`. */
export interface AttributeColumn {
  /** Distinct values; lists are entered element by element. */
  values: (string | number | boolean)[];
  /** Entries `start` to `end` (exclusive) of the two columns. */
  start: number;
  end: number;
}

/** Position of a document's record in payload; the record of row r is the r-th after it and the records before. */
export const documentRecordIndex = (document: number, firstRow: number): number => document + firstRow;

/** Position of a row's record in payload. */
export const rowRecordIndex = (row: number, document: number): number => row + document + 1;
