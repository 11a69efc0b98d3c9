import { isPipelineError, type FailureV1 } from '@alluvium/contracts';

const MAX_MESSAGE = 2000;

/** The code and message of an error, as events and job records carry them. */
export const failureOf = (error: unknown): FailureV1 => {
  const message = error instanceof Error && error.message !== '' ? error.message : 'unknown error';
  return { code: isPipelineError(error) ? error.code : 'INTERNAL', message: message.slice(0, MAX_MESSAGE) };
};
