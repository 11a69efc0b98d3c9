import { isPipelineError, type ErrorKind, type PipelineError, type ProblemV1 } from '@alluvium/contracts';

const STATUS_OF_KIND: Record<ErrorKind, number> = {
  invalid: 400,
  conflict: 409,
  fenced: 409,
  unavailable: 503,
  corrupt: 500,
  internal: 500,
};

const STATUS_OF_CODE: Record<string, number> = {
  CANDIDATE_NOT_FOUND: 404,
  COLLECTION_FORBIDDEN: 403,
  COLLECTION_NOT_FOUND: 404,
  CURSOR_EXPIRED: 410,
  DOCUMENT_NOT_FOUND: 404,
  JOB_NOT_FOUND: 404,
  OPERATION_NOT_FOUND: 404,
  ROUTE_NOT_FOUND: 404,
  SESSION_NOT_FOUND: 404,
  SCOPE_MISSING: 403,
  SOURCE_NOT_FOUND: 404,
  SOURCE_PAUSED: 409,
  TAG_UNKNOWN: 404,
  TOO_MANY_REQUESTS: 429,
  UNAUTHENTICATED: 401,
  UPLOAD_NOT_FOUND: 404,
  VERSION_EXPIRED: 404,
  VERSION_UNKNOWN: 404,
  REQUEST_TOO_LARGE: 413,
};

const TITLES: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  409: 'Conflict',
  410: 'Gone',
  413: 'Content Too Large',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

const statusOf = (error: PipelineError): number => STATUS_OF_CODE[error.code] ?? STATUS_OF_KIND[error.kind];

// A defect or corrupt data is ours to look into, not the caller's to read about.
const isExplained = (error: unknown): error is PipelineError =>
  isPipelineError(error) && statusOf(error) !== 500;

/** The problem+json body for an error; what is not the caller's to mend stays hidden behind INTERNAL. */
export const problemOf = (error: unknown, requestId?: string): ProblemV1 => {
  const explained = isExplained(error) ? error : undefined;
  const status = explained === undefined ? 500 : statusOf(explained);
  const code = explained?.code ?? 'INTERNAL';
  return {
    type: `https://schemas.alluvium.invalid/problems/${code}`,
    title: TITLES[status] ?? 'Error',
    status,
    code,
    detail: explained?.message ?? 'The request failed inside the service; its log has the cause.',
    ...(requestId === undefined ? {} : { requestId }),
  };
};
