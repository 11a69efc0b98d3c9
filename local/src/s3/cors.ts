import { getBucket } from './catalog.ts';
import type { S3Context } from './s3-context.ts';
import { S3Error } from './s3-error.ts';
import type { S3Request, S3Response } from './s3-request.ts';
import { childrenOf, parseXml, textOf, type XmlElement } from './xml.ts';

/** At most one `*`, which stands for any text. */
const matches = (pattern: string, text: string): boolean => {
  const [start = '', end] = pattern.split('*');
  if (end === undefined) return pattern === text;
  return text.length >= start.length + end.length && text.startsWith(start) && text.endsWith(end);
};

const listOf = (rule: XmlElement, name: string): string[] => childrenOf(rule, name).map(({ text }) => text);

interface CrossOriginRequest {
  origin: string;
  method: string;
  requestHeaders: string[];
}

const allows = (rule: XmlElement, { origin, method, requestHeaders }: CrossOriginRequest): boolean => {
  const allowed = listOf(rule, 'AllowedHeader').map((header) => header.toLowerCase());
  return (
    listOf(rule, 'AllowedMethod').includes(method) &&
    listOf(rule, 'AllowedOrigin').some((pattern) => matches(pattern, origin)) &&
    requestHeaders.every((header) => allowed.some((pattern) => matches(pattern, header)))
  );
};

const readCrossOrigin = ({ headers, method }: S3Request): CrossOriginRequest | undefined => {
  const { origin } = headers;
  if (origin === undefined) return undefined;
  return {
    origin,
    method: headers['access-control-request-method'] ?? method,
    requestHeaders: (headers['access-control-request-headers'] ?? '')
      .split(',')
      .map((header) => header.trim().toLowerCase())
      .filter((header) => header !== ''),
  };
};

const headersOf = (
  rule: XmlElement,
  { origin, requestHeaders }: CrossOriginRequest,
): Record<string, string> => {
  const anyOrigin = listOf(rule, 'AllowedOrigin').includes('*');
  const exposed = listOf(rule, 'ExposeHeader').join(', ');
  const maxAge = textOf(rule, 'MaxAgeSeconds');
  return {
    'access-control-allow-origin': anyOrigin ? '*' : origin,
    'access-control-allow-methods': listOf(rule, 'AllowedMethod').join(', '),
    ...(anyOrigin ? {} : { 'access-control-allow-credentials': 'true' }),
    ...(requestHeaders.length === 0 ? {} : { 'access-control-allow-headers': requestHeaders.join(', ') }),
    ...(exposed === '' ? {} : { 'access-control-expose-headers': exposed }),
    ...(maxAge === undefined ? {} : { 'access-control-max-age': maxAge }),
    vary: 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method',
  };
};

/** The headers by which the bucket lets the page of another origin read the answer; none when no rule allows it. */
export const corsHeaders = async (
  context: S3Context,
  request: S3Request,
): Promise<Record<string, string>> => {
  const crossOrigin = readCrossOrigin(request);
  if (crossOrigin === undefined || request.bucket === '') return {};
  const document = (await getBucket(context.store, request.bucket))?.configurations['cors'];
  if (document === undefined) return {};
  const rule = childrenOf(parseXml(document), 'CORSRule').find((one) => allows(one, crossOrigin));
  return rule === undefined ? {} : headersOf(rule, crossOrigin);
};

/** The preflight question of a browser; needs no credentials. */
export const preflight = async (context: S3Context, request: S3Request): Promise<S3Response> => {
  const { origin, 'access-control-request-method': method } = request.headers;
  if (origin === undefined || method === undefined)
    throw new S3Error('BadRequest', { message: 'Insufficient information. Origin request header needed.' });
  const headers = await corsHeaders(context, request);
  if (Object.keys(headers).length === 0)
    throw new S3Error('AccessDenied', {
      message:
        "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec.",
    });
  return { status: 200, headers };
};
