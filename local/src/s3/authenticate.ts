import type { S3Context } from './s3-context.ts';
import { S3Error } from './s3-error.ts';
import type { S3Request } from './s3-request.ts';
import {
  isSameSignature,
  parseScope,
  presignedText,
  sign,
  type CredentialScope,
  type S3Credentials,
} from './sigv4.ts';

const MAX_EXPIRES_SECONDS = 604_800;
const REQUIRED = ['Algorithm', 'Credential', 'Date', 'Expires', 'SignedHeaders'].map(
  (name) => `X-Amz-${name}`,
);

const malformed = (message: string): S3Error => new S3Error('AuthorizationQueryParametersError', { message });

/** `20260131T120000Z` in milliseconds. */
const parseAmzDate = (text: string): number =>
  Date.parse(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));

export const findCredentials = (context: S3Context, accessKeyId: string): S3Credentials => {
  const found = context.credentials.find((credentials) => credentials.accessKeyId === accessKeyId);
  if (found === undefined)
    throw new S3Error('InvalidAccessKeyId', { details: { AWSAccessKeyId: accessKeyId } });
  return found;
};

const readScope = (query: URLSearchParams): CredentialScope => {
  const missing = REQUIRED.filter((name) => !query.has(name));
  if (missing.length > 0)
    throw malformed(
      'Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.',
    );
  if (query.get('X-Amz-Algorithm') !== 'AWS4-HMAC-SHA256')
    throw malformed('X-Amz-Algorithm only supports "AWS4-HMAC-SHA256"');
  const scope = parseScope(query.get('X-Amz-Credential') ?? '');
  if (scope === undefined) throw malformed('Error parsing the X-Amz-Credential parameter.');
  return scope;
};

const checkExpiry = (query: URLSearchParams, nowMs: number): void => {
  const expires = Number(query.get('X-Amz-Expires'));
  const signedMs = parseAmzDate(query.get('X-Amz-Date') ?? '');
  if (Number.isNaN(signedMs))
    throw malformed("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"");
  if (!Number.isInteger(expires) || expires < 0) throw malformed('X-Amz-Expires should be a number');
  if (expires > MAX_EXPIRES_SECONDS)
    throw malformed(
      'X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds',
    );
  const expiresMs = signedMs + expires * 1000;
  if (nowMs > expiresMs)
    throw new S3Error('AccessDenied', {
      message: 'Request has expired',
      details: {
        'X-Amz-Expires': String(expires),
        Expires: new Date(expiresMs).toISOString(),
        ServerTime: new Date(nowMs).toISOString(),
      },
    });
};

/** A header that the signer did not know of could change what the URL does. */
const checkAllSigned = ({ query, headers }: S3Request): void => {
  const signed = new Set((query.get('X-Amz-SignedHeaders') ?? '').split(';'));
  const unsigned = Object.keys(headers).filter(
    (name) => name.startsWith('x-amz-') && name !== 'x-amz-content-sha256' && !signed.has(name),
  );
  if (unsigned.length > 0)
    throw new S3Error('AccessDenied', {
      message: 'There were headers present in the request which were not signed',
      details: { HeadersNotSigned: unsigned.join(', ') },
    });
};

const checkPresigned = (context: S3Context, request: S3Request): void => {
  const { query } = request;
  const scope = readScope(query);
  const { secretAccessKey } = findCredentials(context, scope.accessKeyId);
  checkExpiry(query, context.clock.nowMs());
  checkAllSigned(request);
  const text = presignedText(request, scope);
  if (!isSameSignature(query.get('X-Amz-Signature') ?? '', sign(secretAccessKey, scope, text)))
    throw new S3Error('SignatureDoesNotMatch', {
      details: { AWSAccessKeyId: scope.accessKeyId, StringToSign: text },
    });
};

/**
 * SDKs move `x-amz-*` headers into the query when they presign. S3 reads them there, but not checksums: at that time
 * the SDK knows no body, and its checksum is that of nothing.
 */
const withHoistedHeaders = (request: S3Request): Record<string, string> => {
  const headers = { ...request.headers };
  for (const [name, value] of request.query) {
    const header = name.toLowerCase();
    if (/^x-amz-(?!checksum-(?!mode)|sdk-checksum-)/.test(header) && !name.startsWith('X-Amz-'))
      headers[header] ??= value;
  }
  return headers;
};

/**
 * A presigned URL is verified. A signed header is taken as it is: only this machine can reach the server, and its
 * programs may use any credentials. Without either the request is anonymous.
 */
export const authenticate = (context: S3Context, request: S3Request): S3Request => {
  if (request.query.has('X-Amz-Signature') || request.query.has('X-Amz-Algorithm')) {
    checkPresigned(context, request);
    return { ...request, headers: withHoistedHeaders(request), anonymous: false };
  }
  return { ...request, anonymous: request.headers['authorization'] === undefined };
};
