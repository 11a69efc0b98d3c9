import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { RouteMatch } from './routes.ts';

/** A request as a function receives it: payload format 2.0 (APIGatewayProxyEventV2). What a request lacks is absent, never null. */
export interface HttpApiEvent {
  version: '2.0';
  routeKey: string;
  /** Without percent-encoding, as HTTP APIs deliver it. */
  rawPath: string;
  /** As it was sent, without the question mark. */
  rawQueryString: string;
  cookies?: string[];
  /** Lower-case names; repeated headers joined by commas; never `cookie`. */
  headers: Record<string, string>;
  /** Decoded; repeated parameters joined by commas. */
  queryStringParameters?: Record<string, string>;
  pathParameters?: Record<string, string>;
  requestContext: {
    accountId: string;
    apiId: string;
    domainName: string;
    domainPrefix: string;
    http: { method: string; path: string; protocol: string; sourceIp: string; userAgent: string };
    requestId: string;
    routeKey: string;
    stage: string;
    /** `21/Apr/2020:15:08:21 +0000` */
    time: string;
    /** Milliseconds since the Unix epoch. */
    timeEpoch: number;
    /** What a Lambda authorizer handed on. */
    authorizer?: { lambda: unknown };
  };
  body?: string;
  isBase64Encoded: boolean;
}

/** The parts of a request that routing has found out already. */
export interface ReceivedRequest {
  request: IncomingMessage;
  /** Decoded. */
  path: string;
  rawQueryString: string;
  match: RouteMatch;
  body: Buffer;
  nowMs: number;
}

const NOT_FORWARDED = new Set([
  'connection',
  'cookie',
  'expect',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Measured on AWS: everything else, a form and a missing content type included, arrives in base64. */
const TEXT_TYPES = /^(?:text\/.*|application\/(?:json|xml|javascript))$/i;

const isText = ({ headers }: IncomingMessage): boolean =>
  headers['content-encoding'] === undefined &&
  TEXT_TYPES.test((headers['content-type'] ?? '').split(';')[0]?.trim() ?? '');

const traceId = (nowMs: number): string =>
  `Root=1-${Math.floor(nowMs / 1000).toString(16)}-${randomBytes(12).toString('hex')}`;

const forwardedHeaders = ({ request, body, nowMs }: ReceivedRequest): Record<string, string> => {
  const headers: Record<string, string> = {};
  for (const [name, values] of Object.entries(request.headersDistinct)) {
    if (!NOT_FORWARDED.has(name) && values !== undefined) headers[name] = values.join(',');
  }
  const { remoteAddress = '127.0.0.1', localPort = 80 } = request.socket;
  const earlier = headers['x-forwarded-for'];
  headers['content-length'] = String(body.length);
  headers['x-amzn-trace-id'] ??= traceId(nowMs);
  headers['x-forwarded-for'] = earlier === undefined ? remoteAddress : `${earlier}, ${remoteAddress}`;
  headers['x-forwarded-port'] = String(localPort);
  headers['x-forwarded-proto'] = 'http';
  return Object.fromEntries(Object.entries(headers).sort(([a], [b]) => (a < b ? -1 : 1)));
};

const queryParameters = (rawQueryString: string): Record<string, string> => {
  const parameters = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(rawQueryString)) {
    const earlier = parameters.get(name);
    parameters.set(name, earlier === undefined ? value : `${earlier},${value}`);
  }
  return Object.fromEntries(parameters);
};

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The common log format, in UTC. */
const logTime = (nowMs: number): string => {
  const iso = new Date(nowMs).toISOString();
  const month = MONTHS[Number(iso.slice(5, 7)) - 1] ?? '';
  return `${iso.slice(8, 10)}/${month}/${iso.slice(0, 4)}:${iso.slice(11, 19)} +0000`;
};

const requestContext = (received: ReceivedRequest): HttpApiEvent['requestContext'] => {
  const { request, path, match, nowMs } = received;
  const domainName = (request.headers.host ?? 'localhost').replace(/:\d+$/, '');
  return {
    accountId: process.env.AWS_ACCOUNT_ID ?? '000000000000',
    apiId: 'local',
    domainName,
    domainPrefix: domainName.split('.')[0] ?? domainName,
    http: {
      method: request.method ?? 'GET',
      path,
      protocol: `HTTP/${request.httpVersion}`,
      sourceIp: request.socket.remoteAddress ?? '127.0.0.1',
      userAgent: request.headers['user-agent'] ?? '',
    },
    requestId: randomBytes(11).toString('base64'),
    routeKey: match.routeKey,
    stage: '$default',
    time: logTime(nowMs),
    timeEpoch: nowMs,
  };
};

const bodyFields = ({ request, body }: ReceivedRequest): Pick<HttpApiEvent, 'body' | 'isBase64Encoded'> => {
  if (body.length === 0) return { isBase64Encoded: false };
  return isText(request)
    ? { body: body.toString(), isBase64Encoded: false }
    : { body: body.toString('base64'), isBase64Encoded: true };
};

/** The event for a request that found its route. */
export const makeHttpApiEvent = (received: ReceivedRequest): HttpApiEvent => {
  const { request, path, rawQueryString, match } = received;
  const { cookie } = request.headers;
  return {
    version: '2.0',
    routeKey: match.routeKey,
    rawPath: path,
    rawQueryString,
    ...(cookie === undefined ? {} : { cookies: cookie.split(/; */) }),
    headers: forwardedHeaders(received),
    ...(rawQueryString === '' ? {} : { queryStringParameters: queryParameters(rawQueryString) }),
    ...(match.pathParameters === undefined ? {} : { pathParameters: match.pathParameters }),
    requestContext: requestContext(received),
    ...bodyFields(received),
  };
};
