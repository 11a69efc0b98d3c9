import { isPipelineError, PipelineError } from '@alluvium/contracts';

/** What only the store can tell of a request. */
const ASKED_AMISS = new Set([
  'AS_OF_INVALID',
  'CURSOR_EXPIRED',
  'TAG_UNKNOWN',
  'VERSION_EXPIRED',
  'VERSION_UNKNOWN',
]);

/** What else the request could be blamed for was refused before: an index or a model that is invalid is our affair. */
export const asOurs = (error: unknown): unknown =>
  isPipelineError(error) && error.kind === 'invalid' && !ASKED_AMISS.has(error.code)
    ? new PipelineError(error.message, {
        code: error.code,
        kind: 'internal',
        details: error.details,
        cause: error,
      })
    : error;
