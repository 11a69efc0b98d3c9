import {
  canonicalJson,
  documentsDeleteRequestedV1,
  makeEvent,
  sha256Hex,
  type EventOrigin,
  type OutgoingEvent,
} from '@alluvium/contracts';

/** Documents of one event: with the longest ids it stays under the budget. */
const PER_EVENT = 8;
const REQUEST_ID_LENGTH = 32;

/** Documents that shall vanish. */
export interface Deleted {
  collection: string;
  documentIds: readonly string[];
  reason?: string;
}

/** Names a request: the same one by the same key of its caller, otherwise a new one. */
export const requestIdOf = (
  origin: EventOrigin,
  key: string | null,
  { collection, documentIds }: Deleted,
): string =>
  key === null
    ? origin.newEventId()
    : sha256Hex(canonicalJson([key, collection, documentIds.toSorted()])).slice(0, REQUEST_ID_LENGTH);

/** The events that ask for documents to vanish. */
export const deleteEvents = (
  origin: EventOrigin,
  requestId: string,
  { collection, documentIds, reason }: Deleted,
): OutgoingEvent[] => {
  const requestedAt = new Date(origin.nowMs()).toISOString();
  const slices = Array.from({ length: Math.ceil(documentIds.length / PER_EVENT) }, (_, slice) =>
    documentIds.slice(slice * PER_EVENT, (slice + 1) * PER_EVENT),
  );
  return slices.map((some, slice) =>
    makeEvent(
      documentsDeleteRequestedV1,
      {
        ...{ collection, requestId, slice, requestedAt, documentIds: some },
        ...(reason !== undefined && { reason }),
      },
      { correlationId: requestId },
      origin,
    ),
  );
};
