import type { IncomingMessage, ServerResponse } from 'node:http';
import { systemClock, type Clock } from '../common/clock.ts';
import { serveLocal, type LocalServer } from '../common/http-server.ts';
import { makeAdmitter, type Admission, type AuthorizerEvent } from './authorizers.ts';
import { addDefaultHeaders, type DefaultHeaders } from './default-headers.ts';
import { makeHttpApiEvent, type HttpApiEvent } from './http-api-event.ts';
import {
  internalServerError,
  messageResponse,
  toHttpApiResponse,
  type HttpApiResponse,
} from './http-api-response.ts';
import { readBody } from './read-body.ts';
import { makeRouter, type Authorizer, type Route, type RouteMatch, type Router } from './routes.ts';
import { makeTokenBucket, type Throttle } from './token-bucket.ts';

export interface HttpApiOptions {
  /** 0, the default, picks a free one. */
  port?: number;
  routes: Route[];
  /** Calls a function; a rejection is a failed function, one whose `kind` is `unavailable` a throttled or missing one. */
  invoke(functionName: string, event: HttpApiEvent | AuthorizerEvent): Promise<unknown>;
  clock?: Clock;
  /** None by default. */
  throttle?: Throttle;
  /** For requests that lack them and are not from a page of elsewhere; none by default. */
  defaultHeaders?: DefaultHeaders | undefined;
  /** 10 MB by default, the quota of HTTP APIs. */
  maxBodyBytes?: number;
}

export interface HttpApi extends LocalServer {
  /** Replaces all routes, for the requests from now on. */
  setRoutes(routes: Route[]): void;
}

/** The longest that an HTTP API waits for a function. */
const INTEGRATION_TIMEOUT_MS = 30_000;
const MAX_BODY_BYTES = 10 * 1024 * 1024;

interface Gateway {
  router: Router;
  invoke: HttpApiOptions['invoke'];
  clock: Clock;
  takeToken: () => boolean;
  admit: (authorizer: Authorizer, event: HttpApiEvent) => Promise<Admission>;
  defaultHeaders: DefaultHeaders;
  maxBodyBytes: number;
}

const isUnavailable = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'kind' in error && error.kind === 'unavailable';

const serviceUnavailable = (): HttpApiResponse => messageResponse(503, 'Service Unavailable');

const callFunction = async (
  { invoke, clock }: Gateway,
  functionName: string,
  event: HttpApiEvent,
): Promise<HttpApiResponse> => {
  let cancel = (): void => undefined;
  const timeout = new Promise<HttpApiResponse>((resolve) => {
    cancel = clock.after(INTEGRATION_TIMEOUT_MS, () => {
      resolve(serviceUnavailable());
    });
  });
  const call = invoke(functionName, event).then(toHttpApiResponse, (error: unknown) =>
    isUnavailable(error) ? serviceUnavailable() : internalServerError(),
  );
  const response = await Promise.race([call, timeout]);
  cancel();
  return response;
};

const callGuarded = async (
  gateway: Gateway,
  { functionName, authorizer }: RouteMatch,
  event: HttpApiEvent,
): Promise<HttpApiResponse> => {
  if (authorizer === undefined) return callFunction(gateway, functionName, event);
  const admission = await gateway.admit(authorizer, event);
  if ('refusal' in admission) return admission.refusal;
  const requestContext = { ...event.requestContext, authorizer: { lambda: admission.context } };
  return callFunction(gateway, functionName, { ...event, requestContext });
};

const decodePath = (path: string): string | undefined => {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
};

const splitTarget = (url: string): [path: string, query: string] => {
  const mark = url.indexOf('?');
  return mark < 0 ? [url, ''] : [url.slice(0, mark), url.slice(mark + 1)];
};

const answer = async (gateway: Gateway, request: IncomingMessage): Promise<HttpApiResponse> => {
  const [encodedPath, rawQueryString] = splitTarget(request.url ?? '/');
  const path = decodePath(encodedPath);
  if (path === undefined) return messageResponse(400, 'Bad Request');
  const match = gateway.router(request.method ?? 'GET', path);
  if (match === undefined) return messageResponse(404, 'Not Found');
  addDefaultHeaders(request, gateway.defaultHeaders);
  if (!gateway.takeToken()) return messageResponse(429, 'Too Many Requests');
  const body = await readBody(request, gateway.maxBodyBytes);
  if (body === 'too-large') return messageResponse(413, 'Request Entity Too Large');
  const nowMs = gateway.clock.nowMs();
  const event = makeHttpApiEvent({ request, path, rawQueryString, match, body, nowMs });
  return callGuarded(gateway, match, event);
};

const send = (response: ServerResponse, { statusCode, headers, body }: HttpApiResponse): void => {
  const hasBody = statusCode !== 204 && statusCode !== 304;
  response.writeHead(statusCode, {
    ...headers,
    ...(hasBody ? { 'content-length': body.length } : {}),
  });
  response.end(hasBody ? body : undefined);
};

const handle = async (
  gateway: Gateway,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const reply = await answer(gateway, request).catch((error: unknown) => {
    // a client that went away needs no answer
    if (request.destroyed) return undefined;
    throw error;
  });
  if (reply === undefined) return;
  try {
    send(response, reply);
  } catch {
    // a header that cannot be sent
    send(response, internalServerError());
  }
};

/**
 * Starts an API Gateway HTTP API on 127.0.0.1: payload format 2.0, stage $default, the routing, limits and error bodies
 * of AWS, and Lambda authorizers. CORS is not configured here.
 */
export const startHttpApi = async (options: HttpApiOptions): Promise<HttpApi> => {
  const clock = options.clock ?? systemClock;
  const invoke: HttpApiOptions['invoke'] = async (functionName, event) => options.invoke(functionName, event);
  const gateway: Gateway = {
    router: makeRouter(options.routes),
    ...{ invoke, clock },
    admit: makeAdmitter(invoke, clock),
    defaultHeaders: options.defaultHeaders ?? {},
    takeToken: options.throttle === undefined ? () => true : makeTokenBucket(options.throttle, clock),
    maxBodyBytes: options.maxBodyBytes ?? MAX_BODY_BYTES,
  };
  const server = await serveLocal((request, response) => handle(gateway, request, response), options.port);
  return {
    ...server,
    setRoutes: (routes) => {
      gateway.router = makeRouter(routes);
    },
  };
};
