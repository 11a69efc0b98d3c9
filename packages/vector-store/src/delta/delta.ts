/** Order of a document's contents in time; compare with `compareRevisions`. */
export interface Revision {
  /** Fence of the source's lease when the document was read. */
  fence: number;
  /** Ingest's own sequence number under that fence. */
  sequence: number;
  /** sha256 of the content in hex: settles what fence and sequence leave open. */
  contentHash: string;
}

/** Values that filters understand. */
export type AttributeValue = string | number | boolean | string[];

/** A passage of a document and its vector. */
export interface DeltaChunk {
  chunkId: string;
  /** Position among the document's chunks, from 0. */
  ordinal: number;
  text: string;
  /** Where the text lies in the document, in characters; `end` is exclusive. */
  start: number;
  end: number;
  /** `model.dims` finite values, not all zero; its length carries no meaning. */
  vector: Float32Array;
  /** The vector is as the model gave it, and the index keeps it so beside the quantized one. */
  keepsFloats?: boolean;
}

/** All that is known of one document; it replaces an older revision as a whole. */
export interface DeltaDocument {
  /** `<source>/<entity>#<entityId>` */
  documentId: string;
  entity: string;
  entityId: string;
  source: string;
  title: string;
  url?: string;
  /** ISO 8601; data for filters, never a revision. */
  modified?: string;
  attributes: Record<string, AttributeValue>;
  revision: Revision;
  /** A tombstone: the document is gone and has no chunks. */
  deleted: boolean;
  chunks: DeltaChunk[];
}

/** The vectors of one part of a run. */
export interface Delta {
  deltaId: string;
  collection: string;
  runId: string;
  attempt: number;
  part: number;
  /** `id` is the model part of the index path: `<model>@<first 12 hex digits of its sha256>`. */
  model: { id: string; dims: number };
  documents: DeltaDocument[];
}

const byOrder = <T extends string | number>(left: T, right: T): number =>
  left < right ? -1 : left > right ? 1 : 0;

/** Negative when `left` is older, positive when it is newer, 0 when they are the same content. */
export const compareRevisions = (left: Revision, right: Revision): number =>
  byOrder(left.fence, right.fence) ||
  byOrder(left.sequence, right.sequence) ||
  byOrder(left.contentHash, right.contentHash);
