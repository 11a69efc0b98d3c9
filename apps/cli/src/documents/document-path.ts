/** Path of a document in the HTTP API. */
export const documentPath = (documentId: string, query: Record<string, string>): string =>
  `documents/${encodeURIComponent(documentId)}?${new URLSearchParams(query).toString()}`;
