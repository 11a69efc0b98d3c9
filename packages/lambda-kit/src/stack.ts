import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
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
  const stack = middy<Event, Result>()
    .use(injectLambdaContext(logger, { resetKeys: true }) as middy.MiddlewareObj<Event, Result>)
    .use(logMetrics(metrics, { captureColdStartMetric: false }) as middy.MiddlewareObj<Event, Result>)
    .onError(({ error }) => {
      logger.error('The invocation failed', { error });
    })
    .handler(handle);
  return stack;
};
