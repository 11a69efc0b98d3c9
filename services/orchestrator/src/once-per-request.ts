import { isPipelineError, PipelineError } from '@alluvium/contracts';
import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import type { Context } from 'aws-lambda';
import type { OrchestratorDeps } from './ports.ts';

const ANSWER_KEPT_SECONDS = 24 * 3600;

/** A request with what makes it the same as another. */
interface KeyedRequest<Body> {
  /** Undefined of a request that is another one each time. */
  key: string | undefined;
  body: Body;
}

const OUR_ERRORS: Record<string, { code: string; message: string }> = {
  IdempotencyAlreadyInProgressError: {
    code: 'REQUEST_IN_PROGRESS',
    message: 'The same request is being answered. Ask again in a moment.',
  },
  IdempotencyValidationError: {
    code: 'IDEMPOTENCY_KEY_REUSED',
    message: 'This Idempotency-Key was used for another request. Use a new one.',
  },
};

const explain = (error: unknown): unknown => {
  if (isPipelineError(error)) return error;
  const known = OUR_ERRORS[(error as Error).name];
  return known === undefined
    ? error
    : new PipelineError(known.message, { code: known.code, kind: 'conflict', cause: error });
};

/**
 * Answers a request once per key; its repetition within 24 hours gets the first answer. Errors, beside those of
 * `answer`: REQUEST_IN_PROGRESS, IDEMPOTENCY_KEY_REUSED.
 */
export const oncePerRequest = <Body, Answer>(
  persistenceStore: OrchestratorDeps['idempotency'],
  answer: (body: Body) => Promise<Answer>,
): ((request: KeyedRequest<Body>, context: Context) => Promise<Answer>) => {
  const config = new IdempotencyConfig({
    eventKeyJmesPath: 'key',
    payloadValidationJmesPath: 'body',
    throwOnNoIdempotencyKey: true,
    expiresAfterSeconds: ANSWER_KEPT_SECONDS,
  });
  const guarded = makeIdempotent(({ body }: KeyedRequest<Body>) => answer(body), {
    persistenceStore,
    config,
  });
  return async (request, context) => {
    if (request.key === undefined) return answer(request.body);
    // Without the context a crashed attempt would hold the key until it expires.
    config.registerLambdaContext(context);
    try {
      return await guarded(request);
    } catch (error) {
      throw explain(error);
    }
  };
};
