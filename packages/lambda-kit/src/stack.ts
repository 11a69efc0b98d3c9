import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import type { Runtime } from './runtime.ts';

/** A Lambda handler as this kit builds them. */
export type LambdaHandler<Event, Result> = (event: Event, context: Context) => Promise<Result>;

/** The one middy stack: structured logs with the request's context, metrics, and every error logged before it leaves. */
export const withStack = <Event, Result>(
  runtime: Runtime,
  handle: (event: Event, context: Context) => Promise<Result>,
): LambdaHandler<Event, Result> => {
  const { logger, metrics } = runtime;
  // Powertools' own middleware warns on every invocation that has no metric.
  const publishMetrics = (): void => {
    if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
  };
  const stack = middy<Event, Result>()
    .use(injectLambdaContext(logger, { resetKeys: true }) as middy.MiddlewareObj<Event, Result>)
    .after(publishMetrics)
    .onError(({ error }) => {
      logger.error('The invocation failed', { error });
      publishMetrics();
    })
    .handler(handle);
  return stack;
};
