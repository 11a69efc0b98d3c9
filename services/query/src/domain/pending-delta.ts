import type { DeltaCreatedV1 } from '@alluvium/contracts';

/** A delta that was announced and is not known to be settled. */
export interface PendingDelta {
  deltaId: string;
  runId: string;
  /** Where it lies. */
  key: string;
  sha256: string;
  bytes: number;
  documents: number;
  chunks: number;
  /** ISO 8601. */
  announcedAt: string;
}

/** How much of the tail one query takes. */
export interface TailLimits {
  deltas: number;
  bytes: number;
}

/** The delta that an event announces. */
export const pendingDeltaOf = ({ metadata, data }: DeltaCreatedV1): PendingDelta => ({
  deltaId: data.deltaId,
  runId: data.runId,
  key: data.delta.key,
  sha256: data.delta.sha256,
  bytes: data.delta.bytes,
  documents: data.documents,
  chunks: data.records,
  announcedAt: metadata.occurredAt,
});

const textOf = ({ announcedAt, deltaId }: PendingDelta): string => `${announcedAt} ${deltaId}`;

/** The deltas to search, the oldest first, and those that are over the limits. */
export const chooseTail = (
  pending: readonly PendingDelta[],
  limits: TailLimits,
): { chosen: PendingDelta[]; omitted: PendingDelta[] } => {
  const inOrder = pending.toSorted((left, right) => (textOf(left) < textOf(right) ? -1 : 1));
  let bytes = 0;
  const end = inOrder.findIndex((delta, index) => {
    bytes += delta.bytes;
    return index >= limits.deltas || bytes > limits.bytes;
  });
  return end === -1
    ? { chosen: inOrder, omitted: [] }
    : { chosen: inOrder.slice(0, end), omitted: inOrder.slice(end) };
};
