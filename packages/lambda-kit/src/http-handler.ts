import { isPipelineError, PipelineError } from '@alluvium/contracts';
import { NotFoundError, Router } from '@aws-lambda-powertools/event-handler/http';
import type { APIGatewayProxyEventV2, APIGatewayProxyResultV2, Context } from 'aws-lambda';
import { guard, type Access } from './access/guard.ts';
import { problemOf } from './problem.ts';
import type { Runtime } from './runtime.ts';
import { withStack, type LambdaHandler } from './stack.ts';

export type HttpHandler = LambdaHandler<APIGatewayProxyEventV2, APIGatewayProxyResultV2>;

// By name: an error of another realm is not an instance of ours.
const asPipelineError = (error: Error): Error => {
  if (error.name === 'SyntaxError') {
    return new PipelineError('The body is not valid JSON.', {
      code: 'BODY_INVALID',
      kind: 'invalid',
      cause: error,
    });
  }
  if (error.name === 'NotFoundError') {
    return new PipelineError('There is no such route.', {
      code: 'ROUTE_NOT_FOUND',
      kind: 'invalid',
      cause: error,
    });
  }
  return error;
};

const retryAfterOf = (error: unknown): Record<string, string> => {
  const seconds = isPipelineError(error) ? error.details['retryAfterSeconds'] : undefined;
  return typeof seconds === 'number' ? { 'retry-after': String(seconds) } : {};
};

const problemResponse = (error: Error, requestId: string): Response => {
  const problem = problemOf(asPipelineError(error), requestId);
  return new Response(JSON.stringify(problem), {
    status: problem.status,
    headers: { 'content-type': 'application/problem+json', ...retryAfterOf(error) },
  });
};

/** What an answer needs to leave once it is known that it comes too late. */
const LEAVING_MS = 500;

const tooLate = (): PipelineError =>
  new PipelineError('The answer takes longer than a request may: ask for less at once, or come again.', {
    code: 'DEADLINE_EXCEEDED',
    kind: 'unavailable',
  });

// Lambda would end the function without a word, and API Gateway answer 503 without a reason.
const inTime = async <T>(work: Promise<T>, context: Context, answerLate: () => T): Promise<T> => {
  const late = Promise.withResolvers<T>();
  const leftMs = context.getRemainingTimeInMillis() - LEAVING_MS;
  const timer = setTimeout(
    () => {
      late.resolve(answerLate());
    },
    Math.max(0, leftMs),
  );
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
};

// API Gateway passes the body of a GET on, but a Request refuses to have one.
const withoutStrayBody = (event: APIGatewayProxyEventV2): APIGatewayProxyEventV2 => {
  if (!/^(get|head)$/i.test(event.requestContext.http.method)) return event;
  const { body: _, ...rest } = event;
  return rest;
};

// What the router never sees is answered in the same form.
const problemResult = (error: Error, { awsRequestId }: Context): APIGatewayProxyResultV2 => {
  const problem = problemOf(asPipelineError(error), awsRequestId);
  return {
    statusCode: problem.status,
    headers: { 'content-type': 'application/problem+json', ...retryAfterOf(error) },
    body: JSON.stringify(problem),
  };
};

/**
 * A handler of HTTP requests; `define` adds the routes, and every error becomes problem+json, as does an answer that would come after
 * the function's time. With `access` a request needs a key and its scope: 401 UNAUTHENTICATED, 403 SCOPE_MISSING or
 * COLLECTION_FORBIDDEN, 429 TOO_MANY_REQUESTS with Retry-After.
 */
export const httpHandler = (
  runtime: Runtime,
  define: (router: Router) => void,
  access?: Access,
): HttpHandler => {
  const router = new Router({ logger: runtime.logger });
  const admit = access && guard(access, () => runtime.origin.nowMs());
  // A handler for Error is the router's last resort: each kind it knows itself needs its own.
  for (const kind of [Error, SyntaxError, NotFoundError]) {
    router.errorHandler(kind, (error, { context }) => {
      if (problemOf(asPipelineError(error)).status >= 500)
        runtime.logger.error('The request failed', { error });
      return Promise.resolve(problemResponse(error, context.awsRequestId));
    });
  }
  define(router);
  return withStack(runtime, async (event, context) => {
    try {
      admit?.(event);
    } catch (error) {
      return problemResult(error as Error, context);
    }
    const answer = router.resolve(withoutStrayBody(event), context) as Promise<APIGatewayProxyResultV2>;
    return inTime(answer, context, () => {
      runtime.logger.error('The answer comes too late', { path: event.rawPath });
      return problemResult(tooLate(), context);
    });
  });
};
