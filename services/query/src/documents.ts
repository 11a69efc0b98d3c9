import type { DocumentsV1, DocumentV1, IndexV1 } from '@alluvium/contracts';
import {
  findDocument,
  listDocuments,
  type DocumentPage,
  type DocumentSource,
  type FoundDocument,
  type TailTarget,
} from '@alluvium/vector-store';
import { asOurs } from './as-ours.ts';
import { countingStore } from './counting-store.ts';
import {
  documentCursor,
  documentNotFound,
  type DocumentList,
  type DocumentPlace,
} from './domain/document-requests.ts';
import { snapshotOf, tailOf } from './domain/retrieve-response.ts';
import { findCollection } from './find-collection.ts';
import { openIndex, type OpenIndex } from './open-index.ts';
import type { QueryDeps } from './ports.ts';

type Counting = ReturnType<typeof countingStore>;

interface Looked<Found> {
  found: Found;
  /** What the answer says of where it is from. */
  source: Pick<DocumentV1, 'snapshot' | 'tail' | 'read'>;
}

const targetOf = ({ clock }: QueryDeps, { snapshot, tail, index: { dims } }: OpenIndex): TailTarget => ({
  ...{ snapshot, dims, clock },
  deltas: tail.deltas,
});

const sourceOf = (
  { consistency }: DocumentPlace,
  { opened, counting, found }: { opened: OpenIndex; counting: Counting; found: DocumentSource },
): Looked<unknown>['source'] => ({
  ...(found.snapshot && { snapshot: snapshotOf(found.snapshot) }),
  ...(consistency !== 'snapshot' && { tail: tailOf(opened.tail) }),
  read: {
    requests: counting.read.requests + found.read.requests,
    bytes: counting.read.bytes + found.read.bytes,
  },
});

/** Looks into the active index of a collection; undefined of one that has none. */
const look = async <Found extends DocumentSource>(
  deps: QueryDeps,
  place: DocumentPlace,
  read: (target: TailTarget) => Promise<Found>,
): Promise<Looked<Found> | undefined> => {
  const counting = countingStore(deps.store);
  const { active } = await findCollection({ ...deps, store: counting.store }, place.collection);
  if (active === undefined) return undefined;
  const index: IndexV1 = active;
  const { consistency, asOf } = place;
  try {
    const wanted = { index, consistency, ...(asOf !== undefined && { asOf }) };
    const opened = await openIndex(deps, counting.store, wanted);
    const found = await read(targetOf(deps, opened));
    return { found, source: sourceOf(place, { opened, counting, found }) };
  } catch (error) {
    throw asOurs(error);
  }
};

/** A document with its passages. Errors: COLLECTION_NOT_FOUND, DOCUMENT_NOT_FOUND, TAIL_TOO_LARGE and those of the store. */
export const getDocument = async (
  deps: QueryDeps,
  place: DocumentPlace,
  documentId: string,
): Promise<DocumentV1> => {
  const { collection } = place;
  const looked = await look(deps, place, (target) => findDocument(target, documentId));
  const document = looked?.found.document;
  if (looked === undefined || document === undefined) throw documentNotFound(collection, documentId);
  const chunks = document.chunks.map(({ chunkId: id, ...chunk }) => ({ id, ...chunk }));
  return { collection, document: { ...document, chunks }, ...looked.source };
};

const listed = ({ chunks, ...document }: FoundDocument): DocumentsV1['documents'][number] => ({
  ...document,
  chunks: chunks.length,
});

/** A page of documents, as the store gives it; undefined of a collection without an index. Errors: see `getDocument`. */
export const lookUpPage = (
  deps: QueryDeps,
  { filters, limit, after, ...place }: DocumentList,
): Promise<Looked<DocumentPage> | undefined> =>
  look(deps, place, (target) =>
    listDocuments(target, { filters, limit, ...(after !== undefined && { after }) }),
  );

/** A page of documents that pass filters. Errors: COLLECTION_NOT_FOUND, TAIL_TOO_LARGE and those of the store. */
export const getDocuments = async (deps: QueryDeps, list: DocumentList): Promise<DocumentsV1> => {
  const { collection } = list;
  const looked = await lookUpPage(deps, list);
  if (looked === undefined) return { collection, documents: [], matched: 0, read: { requests: 0, bytes: 0 } };
  const { documents, matched, next } = looked.found;
  return {
    ...{ collection, matched },
    documents: documents.map(listed),
    ...(next !== undefined && { cursor: documentCursor(next) }),
    ...looked.source,
  };
};
