import { PipelineError, type DocumentsDeleteResponseV1 } from '@alluvium/contracts';
import { deleteEvents, requestIdOf, type Deleted } from './domain/delete-events.ts';
import type { Deletion } from './domain/document-requests.ts';
import { getDocument, lookUpPage } from './documents.ts';
import type { DocumentDeps } from './ports.ts';

/** One request deletes so many at most: more are asked for in several, each of which is seen to have worked. */
const MAX_DELETED = 1000;
const SAMPLE = 10;

/** How a caller names a request that he may repeat. */
export interface Repeatable {
  /** The header Idempotency-Key. */
  key: string | null;
}

const emit = async (
  { bus, runtime: { origin } }: DocumentDeps,
  deleted: Deleted,
  { key }: Repeatable,
): Promise<string> => {
  const requestId = requestIdOf(origin, key, deleted);
  await bus.publishAll(deleteEvents(origin, requestId, deleted));
  return requestId;
};

/** Asks for one document to vanish. Errors: COLLECTION_NOT_FOUND, DOCUMENT_NOT_FOUND and those of store and bus. */
export const deleteDocument = async (
  deps: DocumentDeps,
  { documentId, collection, reason }: { documentId: string; collection: string; reason?: string },
  repeatable: Repeatable,
): Promise<DocumentsDeleteResponseV1> => {
  await getDocument(deps, { collection, consistency: 'tail' }, documentId);
  const documentIds = [documentId];
  const deleted = { collection, documentIds, ...(reason !== undefined && { reason }) };
  return { collection, matched: 1, documentIds, requestId: await emit(deps, deleted, repeatable) };
};

const assertFew = ({ collection }: Deletion, matched: number): void => {
  if (matched <= MAX_DELETED) return;
  throw new PipelineError(
    `${matched} documents of ${collection} pass the filters, more than the ${MAX_DELETED} of one request: narrow the filters.`,
    { code: 'DELETION_TOO_LARGE', kind: 'invalid', details: { matched } },
  );
};

/**
 * Asks for the documents to vanish that pass filters; a dry run counts them. All of the tail is looked at: what waits is not forgotten.
 * Errors: COLLECTION_NOT_FOUND, DELETION_TOO_LARGE, TAIL_TOO_LARGE and those of store and bus.
 */
export const deleteByFilters = async (
  deps: DocumentDeps,
  deletion: Deletion,
  repeatable: Repeatable,
): Promise<DocumentsDeleteResponseV1> => {
  const { collection, filters, dryRun, reason } = deletion;
  const limit = dryRun ? SAMPLE : MAX_DELETED;
  const looked = await lookUpPage(deps, { collection, filters, limit, consistency: 'tail-strict' });
  const { documents, matched } = looked?.found ?? { documents: [], matched: 0 };
  const documentIds = documents.map(({ documentId }) => documentId);
  const answer = { collection, matched, documentIds: documentIds.slice(0, SAMPLE) };
  if (dryRun) return { ...answer, dryRun };
  assertFew(deletion, matched);
  if (matched === 0) return answer;
  const deleted = { collection, documentIds, ...(reason !== undefined && { reason }) };
  return { ...answer, requestId: await emit(deps, deleted, repeatable) };
};
