import { PipelineError } from '@alluvium/contracts';
import { NotFoundError, Router } from '@aws-lambda-powertools/event-handler/http';
import type { APIGatewayProxyEventV2, APIGatewayProxyResultV2 } from 'aws-lambda';
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

const problemResponse = (error: Error, requestId: string): Response => {
  const problem = problemOf(asPipelineError(error), requestId);
  return new Response(JSON.stringify(problem), {
    status: problem.status,
    headers: { 'content-type': 'application/problem+json' },
  });
};

// API Gateway passes the body of a GET on, but a Request refuses to have one.
const withoutStrayBody = (event: APIGatewayProxyEventV2): APIGatewayProxyEventV2 => {
  if (!/^(get|head)$/i.test(event.requestContext.http.method)) return event;
  const { body: _, ...rest } = event;
  return rest;
};

/** A handler of HTTP requests; `define` adds the routes, and every error becomes problem+json. */
export const httpHandler = (runtime: Runtime, define: (router: Router) => void): HttpHandler => {
  const router = new Router({ logger: runtime.logger });
  // A handler for Error is the router's last resort: each kind it knows itself needs its own.
  for (const kind of [Error, SyntaxError, NotFoundError]) {
    router.errorHandler(kind, (error, { context }) => {
      if (problemOf(asPipelineError(error)).status >= 500)
        runtime.logger.error('The request failed', { error });
      return Promise.resolve(problemResponse(error, context.awsRequestId));
    });
  }
  define(router);
  return withStack(
    runtime,
    async (event, context) =>
      (await router.resolve(withoutStrayBody(event), context)) as APIGatewayProxyResultV2,
  );
};
