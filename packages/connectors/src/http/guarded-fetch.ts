import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { isPipelineError, PipelineError } from '@alluvium/contracts';
import { isPublicAddress } from './addresses.ts';
import { addressRefused, guardedLookup, type ResolveAll } from './guarded-lookup.ts';
import type { HttpClient, HttpRequest, HttpResponse } from './http-client.ts';
import { urlForMessages } from './public-url.ts';
import { ACCEPTED_ENCODINGS, readBody } from './read-body.ts';

/** What a guarded client allows. */
export interface GuardOptions {
  /** Hosts that may have addresses which are not public, as the URL writes them, without a port. */
  allowedHosts?: readonly string[];
  /** Greatest body after decompression. */
  maxBytes?: number;
  /** From the first byte sent to the last byte received, redirects included. */
  timeoutMs?: number;
  maxRedirects?: number;
  userAgent?: string;
  /** Name resolution; the system's when not given. */
  resolveAll?: ResolveAll;
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** What must not follow a redirect to somebody else. */
const CREDENTIALS = new Set(['authorization', 'cookie', 'proxy-authorization', 'x-api-key']);

type Guard = Required<Omit<GuardOptions, 'resolveAll' | 'allowedHosts'>> & {
  isAllowedHost: (host: string) => boolean;
  lookup: LookupFunction;
  agents: { http: HttpAgent; https: HttpsAgent };
};

const refuse = (code: string, message: string): PipelineError =>
  new PipelineError(message, { code, kind: 'invalid' });

const bareHost = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, '');

const checkedUrl = (url: string, { isAllowedHost }: Guard): URL => {
  if (!URL.canParse(url)) throw refuse('URL_INVALID', `${url.slice(0, 200)} is not a URL`);
  const parsed = new URL(url);
  if (parsed.protocol !== 'http:' && parsed.protocol !== 'https:') {
    throw refuse(
      'URL_INVALID',
      `${urlForMessages(url)} has the scheme ${parsed.protocol} instead of http(s)`,
    );
  }
  const host = bareHost(parsed);
  // A socket looks no address up that is written as one.
  if (isIP(host) !== 0 && !isPublicAddress(host) && !isAllowedHost(host)) throw addressRefused(host, host);
  return parsed;
};

const open = (url: URL, request: HttpRequest, guard: Guard, signal: AbortSignal): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const isSecure = url.protocol === 'https:';
    const send = isSecure ? httpsRequest : httpRequest;
    const headers = {
      'user-agent': guard.userAgent,
      'accept-encoding': ACCEPTED_ENCODINGS,
      ...request.headers,
    };
    const agent = isSecure ? guard.agents.https : guard.agents.http;
    const sent = send(url, { headers, agent, lookup: guard.lookup, signal }, resolve);
    sent.on('error', reject);
    sent.end();
  });

const headersOf = ({ headers }: IncomingMessage): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );

const withoutCredentials = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !CREDENTIALS.has(name.toLowerCase())));

const redirected = (from: URL, location: string, request: HttpRequest, guard: Guard): HttpRequest => {
  if (!URL.canParse(location, from.href)) {
    throw refuse('REDIRECT_REFUSED', `${urlForMessages(from.href)} redirects to what is not a URL`);
  }
  const to = checkedUrl(new URL(location, from).href, guard);
  if (from.protocol === 'https:' && to.protocol === 'http:') {
    throw refuse('REDIRECT_REFUSED', `${urlForMessages(from.href)} redirects from https to http`);
  }
  const { headers = {} } = request;
  return {
    ...request,
    url: to.href,
    headers: to.origin === from.origin ? headers : withoutCredentials(headers),
  };
};

const follow = async (request: HttpRequest, guard: Guard, signal: AbortSignal): Promise<HttpResponse> => {
  let current = request;
  for (let hops = 0; hops <= guard.maxRedirects; hops += 1) {
    const url = checkedUrl(current.url, guard);
    const message = await open(url, current, guard, signal);
    const status = message.statusCode ?? 0;
    const { location } = message.headers;
    if (!REDIRECTS.has(status) || location === undefined) {
      const body = await readBody(message, request.maxBytes ?? guard.maxBytes, urlForMessages(current.url));
      return { status, headers: headersOf(message), body, url: current.url };
    }
    message.destroy();
    current = redirected(url, location, current, guard);
  }
  throw refuse(
    'REDIRECT_REFUSED',
    `${urlForMessages(request.url)} redirects more than ${guard.maxRedirects} times`,
  );
};

// Node's messages may quote the URL with its query: only the code of the failure is passed on.
const unavailable = (request: HttpRequest, error: unknown, timeoutMs: number): PipelineError => {
  const { code, name } = error as { code?: string; name?: string };
  const isLate = name === 'AbortError' || name === 'TimeoutError' || code === 'ABORT_ERR';
  const reason = isLate ? `no complete answer within ${timeoutMs} ms` : (code ?? name ?? 'unknown');
  return new PipelineError(`${urlForMessages(request.url)} cannot be reached: ${reason}`, {
    code: 'SOURCE_UNAVAILABLE',
    kind: 'unavailable',
    details: { reason },
  });
};

/**
 * A client for URLs that users and servers chose: http and https alone; no private, loopback, link-local or metadata
 * addresses but of hosts that are allowed by name, judged when the socket connects and at each redirect; bodies, times
 * and redirects bounded.
 */
export const guardedFetch = (options: GuardOptions = {}): HttpClient => {
  const { allowedHosts = [], resolveAll, ...limits } = options;
  const allowed = new Set(allowedHosts.map((host) => host.toLowerCase()));
  const isAllowedHost = (host: string): boolean => allowed.has(host.toLowerCase());
  const keepAlive = { keepAlive: true, maxSockets: 8, timeout: 60_000 };
  const guard: Guard = {
    ...{ maxBytes: 16 * 1024 * 1024, timeoutMs: 30_000, maxRedirects: 5, userAgent: 'alluvium' },
    ...limits,
    isAllowedHost,
    lookup: guardedLookup(isAllowedHost, resolveAll),
    agents: { http: new HttpAgent(keepAlive), https: new HttpsAgent(keepAlive) },
  };
  return {
    fetch: async (request) => {
      try {
        return await follow(request, guard, AbortSignal.timeout(guard.timeoutMs));
      } catch (error) {
        if (isPipelineError(error)) throw error;
        throw unavailable(request, error, guard.timeoutMs);
      }
    },
  };
};
