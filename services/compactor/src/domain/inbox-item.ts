import {
  indexPathOf,
  PipelineError,
  type DeltaCreatedV1,
  type MetadataV1,
  type PointerV1,
} from '@alluvium/contracts';
import type { DeltaRef } from '@alluvium/vector-store';

/** An index that has had deltas. */
export interface RegisteredIndex {
  collection: string;
  indexPath: string;
}

/** A delta that waits to be settled: all that an announcement of its end needs. */
export interface InboxItem extends RegisteredIndex {
  deltaId: string;
  runId: string;
  attempt: number;
  part: number;
  pointer: PointerV1;
  /** Of the event that brought it: what becomes of the delta follows from that. */
  cause: MetadataV1;
  /** How often its object was looked for and was not there. */
  tries: number;
  /** Not to be looked for again before this time, in milliseconds since the epoch. */
  notBeforeMs: number;
}

/** How a delta ended. */
export type Outcome =
  { state: 'APPLIED'; version: number } | { state: 'REJECTED'; reason: string; message: string };

/**
 * The inbox item of an event. Error: INDEX_MISMATCH when the path is not that of the collection, model and dimensions:
 * an index nobody reads must not come to be.
 */
export const inboxItemOf = ({ data, metadata }: DeltaCreatedV1): InboxItem => {
  const { collection, deltaId, runId, attempt, part, index, delta } = data;
  const expected = indexPathOf(collection, index.modelId, index.dims);
  if (index.path !== expected) {
    throw new PipelineError(`Delta ${deltaId} names ${index.path}, but its index is ${expected}`, {
      code: 'INDEX_MISMATCH',
      kind: 'invalid',
      details: { path: '/data/index/path' },
    });
  }
  const identity = { collection, indexPath: index.path, deltaId, runId, attempt, part };
  return { ...identity, pointer: delta, cause: metadata, tries: 0, notBeforeMs: 0 };
};

/** A snapshot knows a delta by this, whichever attempt delivered it. */
export const contentKeyOf = ({ runId, deltaId }: Pick<DeltaRef, 'runId' | 'deltaId'>): string =>
  `${runId}/${deltaId}`;

/** The delta as the engine names it. */
export const refOf = ({ deltaId, runId, attempt, part, pointer }: InboxItem): DeltaRef => ({
  deltaId,
  runId,
  attempt,
  part,
  key: pointer.key,
  sha256: pointer.sha256,
  sizeBytes: pointer.bytes,
});
