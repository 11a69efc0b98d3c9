import type { AttributeValue } from '../delta/delta.ts';
import { parseChunk } from '../segment/payload-records.ts';
import type { SegmentDocument } from '../segment/read-documents.ts';
import type { SnapshotDescription } from '../snapshot/snapshot.ts';
import type { ReadMeter } from '../store/range-reads.ts';

/** A passage of a document, without its vector. */
export interface FoundChunk {
  chunkId: string;
  /** Position among the document's chunks, from 0. */
  ordinal: number;
  /** Where the text lies in the document, in characters; `end` is exclusive. */
  start: number;
  end: number;
  text: string;
}

/** A document as a search sees it: its greatest revision. */
export interface FoundDocument {
  documentId: string;
  source: string;
  entity: string;
  entityId: string;
  title: string;
  url?: string;
  /** ISO 8601. */
  modified?: string;
  attributes: Record<string, AttributeValue>;
  chunks: FoundChunk[];
}

/** What an answer about documents was read from. */
export interface DocumentSource {
  /** Undefined while nothing is published. */
  snapshot?: SnapshotDescription;
  read: ReadMeter;
}

/** A stored document as callers see it, chunks in order. Error: SEGMENT_CORRUPT. */
export const foundDocument = ({ record, chunks }: SegmentDocument): FoundDocument => {
  const { deletedAtMs: _deletedAtMs, deleted: _deleted, revision: _revision, ...shape } = record;
  const passages = chunks.map((json) => {
    const [chunkId, ordinal, start, end, text] = parseChunk(json);
    return { chunkId, ordinal, start, end, text };
  });
  return { ...shape, chunks: passages.sort((left, right) => left.ordinal - right.ordinal) };
};
