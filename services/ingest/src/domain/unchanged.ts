import type { DerivedDocumentV1 } from '@alluvium/contracts';

/** One part of one attempt of a run. */
export interface PartRef {
  runId: string;
  attempt: number;
  part: number;
}

/** What became of a part; none known yet means that it is on its way. A rollback takes out what was applied. */
export type Fate = 'applied' | 'failed' | 'rejected' | 'reverted';

/** The last revision of a document that was passed on, and with which part. */
export interface Checkpoint extends PartRef {
  documentId: string;
  contentHash: string;
  fence: number;
  sequence: number;
  writtenAtMs: number;
  /** When a deletion of the document was last heard of. */
  deletedMs?: number;
  /** Fence that the checkpoint had then. */
  deletedFence?: number;
}

/** A part that has no fate after this time is taken for lost: its documents are passed on again. */
export const IN_FLIGHT_TRUST_MS = 24 * 3600 * 1000;

/** So long a deletion may be heard of elsewhere later than here: that is how long events are delivered anew. */
export const DELETION_SETTLES_MS = 24 * 3600 * 1000;

// A tombstone takes what is there when it is made: what was passed on before, or soon after, is not relied upon.
const mayBeDeleted = ({ fence, writtenAtMs, deletedMs, deletedFence = -1 }: Checkpoint): boolean =>
  deletedMs !== undefined && (fence <= deletedFence || writtenAtMs < deletedMs + DELETION_SETTLES_MS);

export interface Knowledge {
  checkpoint: Checkpoint | undefined;
  /** Fate of the checkpoint's part. */
  fate: Fate | undefined;
}

/** True when the index has this very content, or is about to get it. */
export const isUnchanged = (
  document: DerivedDocumentV1,
  { checkpoint, fate }: Knowledge,
  { here, nowMs }: { here: PartRef; nowMs: number },
): boolean => {
  if (checkpoint === undefined || checkpoint.contentHash !== document.revision.contentHash) return false;
  // A repeated derive of this part must give the same documents, not find its own checkpoints.
  if (checkpoint.runId === here.runId && checkpoint.part === here.part) return false;
  if (mayBeDeleted(checkpoint)) return false;
  if (fate !== undefined) return fate === 'applied';
  return nowMs - checkpoint.writtenAtMs < IN_FLIGHT_TRUST_MS;
};

/** Key of a part among others. */
export const partKeyOf = ({ runId, attempt, part }: PartRef): string => `${runId}/${attempt}/${part}`;
