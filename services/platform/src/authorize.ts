import { contextOf, isGoodKey, readApiKey, type CallerContext } from '@alluvium/lambda-kit';
import type { AuthorizerDeps } from './ports.ts';

/** A simple response, as API Gateway takes it: what is not authorized gets 403. */
export interface Verdict {
  isAuthorized: boolean;
  /** Who it is; carried to the service in `requestContext.authorizer.lambda`. */
  context?: CallerContext;
}

const REFUSED: Verdict = { isAuthorized: false };

/** Says who a key belongs to. Errors: those of the table, upon which API Gateway answers 500 and lets nobody in. */
export const authorize = async (
  { keys, logger, nowMs }: AuthorizerDeps,
  given: string | undefined,
): Promise<Verdict> => {
  const own = readApiKey(given ?? '');
  if (own === undefined) return REFUSED;
  const stored = await keys.find(own.keyId);
  if (stored === undefined || !isGoodKey(own, stored, nowMs())) {
    logger.info('A key was refused', { keyId: own.keyId, known: stored !== undefined });
    return REFUSED;
  }
  return { isAuthorized: true, context: contextOf(stored) };
};
