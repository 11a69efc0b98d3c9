import { PipelineError, type ProblemV1 } from '@alluvium/contracts';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { makeRouter } from '../api/routes.ts';
import { serveLocal, type LocalServer } from '../common/http-server.ts';
import { passOn, type ProxiedApi } from './api-proxy.ts';
import { streamJournal } from './event-stream.ts';
import type { Journal } from './journal.ts';
import { isOwnRequest } from './own-origin.ts';
import { sendStatic } from './static-files.ts';

/** A request for one of the console's own routes. */
export interface ConsoleRequest {
  params: Record<string, string>;
  query: URLSearchParams;
  incoming: IncomingMessage;
}

/** What the console can do beyond the HTTP API, below `/_local/`. */
export interface ConsoleRoute {
  method: 'GET' | 'POST' | 'PUT';
  /** `/_local/dlq/{service}` */
  path: string;
  /** Returns what is sent as JSON; what it throws is sent as a problem. */
  handle(request: ConsoleRequest): unknown;
}

/** What a console shows, and of what. */
export interface ConsoleOptions {
  /** 0 picks a free one. */
  port: number;
  /** Holds index.html. */
  directory: string;
  api: ProxiedApi;
  /** Of the cloud on this machine; the console of another one has none. */
  journal?: Journal | undefined;
  routes: ConsoleRoute[];
  /** How an error is told. */
  problemOf(error: unknown): ProblemV1;
}

const EVENTS = '/_local/events';

const notFound = (path: string): PipelineError =>
  new PipelineError(`There is nothing at ${path}.`, { code: 'ROUTE_NOT_FOUND', kind: 'invalid' });

const sendJson = (response: ServerResponse, status: number, value: unknown, type = 'application/json') => {
  const body = Buffer.from(JSON.stringify(value));
  response.writeHead(status, {
    'content-type': type,
    'content-length': body.length,
    'cache-control': 'no-store',
  });
  response.end(body);
};

type Handler = (url: URL, request: IncomingMessage, response: ServerResponse) => Promise<void>;

const afterOf = ({ headers }: IncomingMessage, { searchParams }: URL): number =>
  Number(headers['last-event-id'] ?? searchParams.get('after') ?? 0);

const localHandler = ({ routes, journal }: ConsoleOptions): Handler => {
  const router = makeRouter(
    routes.map(({ method, path }, index) => ({ method, path, functionName: String(index) })),
  );
  return async (url, incoming, response) => {
    if (journal !== undefined && url.pathname === EVENTS) {
      streamJournal(journal, afterOf(incoming, url), response);
      return;
    }
    const match = router(incoming.method ?? 'GET', decodeURIComponent(url.pathname));
    const route = routes[Number(match?.functionName)];
    if (match === undefined || route === undefined) throw notFound(url.pathname);
    const { pathParameters: params = {} } = match;
    sendJson(response, 200, await route.handle({ params, query: url.searchParams, incoming }));
  };
};

const makeHandler = (options: ConsoleOptions): Handler => {
  const handleLocal = localHandler(options);
  return async (url, request, response) => {
    const { pathname, search } = url;
    const isCall = pathname.startsWith('/api/') || pathname.startsWith('/_local/');
    if (!isCall) await sendStatic(response, options.directory, pathname);
    else if (!isOwnRequest(request))
      throw new PipelineError('Only pages of the console may call it.', {
        code: 'ORIGIN_REFUSED',
        kind: 'invalid',
      });
    else if (pathname.startsWith('/api/'))
      await passOn(options.api, pathname.slice('/api'.length) + search, request, response);
    else await handleLocal(url, request, response);
  };
};

/** Serves the console on 127.0.0.1: its pages, the HTTP API below /api/, and what only this machine knows below /_local/. */
export const startConsole = (options: ConsoleOptions): Promise<LocalServer> => {
  const handle = makeHandler(options);
  return serveLocal(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://console.invalid');
    await handle(url, request, response).catch((error: unknown) => {
      if (response.headersSent) throw error;
      const problem = options.problemOf(error);
      sendJson(response, problem.status, problem, 'application/problem+json');
    });
  }, options.port);
};
