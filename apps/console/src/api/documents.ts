import { call } from './call.ts';

/** A document and what became of its text. */
export interface StoredDocument {
  documentId: string;
  title: string;
  url?: string;
  modified?: string;
  attributes?: Record<string, unknown>;
  chunks: { id: string; ordinal: number; text: string; start: number; end: number }[];
}

/** One document of a collection. Error: Problem. */
export const loadDocument = async (collection: string, documentId: string): Promise<StoredDocument> => {
  const path = documentId.split('/').map(encodeURIComponent).join('/');
  const query = new URLSearchParams({ collection });
  return (await call<{ document: StoredDocument }>(`/api/documents/${path}?${query.toString()}`)).document;
};
