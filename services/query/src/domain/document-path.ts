import { refuse } from './refusals.ts';

const PREFIX = '/documents/';

/** What of a request names a document. */
interface DocumentRequest {
  rawPath?: string;
  rawQueryString?: string;
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/**
 * The document that a path names, and the query string. Both as API Gateway gives them: it decodes paths, so that ids with # or ?
 * are not what a URL would take them for. An id has a slash, so one without came encoded. Error: PARAMETER_INVALID.
 */
export const documentIdOf = (event: object): { documentId: string; parameters: URLSearchParams } => {
  const { rawPath = '', rawQueryString = '' } = event as DocumentRequest;
  const path = rawPath.slice(rawPath.indexOf(PREFIX) + PREFIX.length);
  const documentId = path.includes('/') ? path : decoded(path);
  if (documentId === '' || documentId.length > 1200)
    throw refuse('PARAMETER_INVALID', 'A documentId has 1 to 1200 characters.');
  return { documentId, parameters: new URLSearchParams(rawQueryString) };
};
