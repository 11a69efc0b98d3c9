import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

export interface S3Credentials {
  accessKeyId: string;
  secretAccessKey: string;
}

/** `<access key>/<date>/<region>/<service>/aws4_request` */
export interface CredentialScope {
  accessKeyId: string;
  date: string;
  region: string;
  service: string;
}

export const parseScope = (credential: string): CredentialScope | undefined => {
  const fields = credential.split('/');
  const [service, region, date] = [fields.at(-2), fields.at(-3), fields.at(-4)];
  if (fields.at(-1) !== 'aws4_request' || service === undefined || region === undefined || date === undefined)
    return undefined;
  return { accessKeyId: fields.slice(0, -4).join('/'), date, region, service };
};

const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

const signingKey = (secretAccessKey: string, { date, region, service }: CredentialScope): Buffer =>
  hmac(hmac(hmac(hmac(`AWS4${secretAccessKey}`, date), region), service), 'aws4_request');

/** Signature Version 4 of a text, in hexadecimal. */
export const sign = (secretAccessKey: string, scope: CredentialScope, text: string): string =>
  hmac(signingKey(secretAccessKey, scope), text).toString('hex');

export const isSameSignature = (given: string, expected: string): boolean =>
  given.length === expected.length && timingSafeEqual(Buffer.from(given), Buffer.from(expected));

/** Percent-encodes all but the unreserved characters of RFC 3986. */
const encode = (text: string): string =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );

const byCodeUnits = (first: string, second: string): number => (first < second ? -1 : Number(first > second));

const canonicalQuery = (query: Iterable<[string, string]>): string =>
  Array.from(query)
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort(byCodeUnits)
    .join('&');

export interface Presigned {
  method: string;
  /** Decoded. */
  path: string;
  query: URLSearchParams;
  headers: Record<string, string>;
}

/** The text that the sender of a presigned URL has signed. */
export const presignedText = (
  { method, path, query, headers }: Presigned,
  scope: CredentialScope,
): string => {
  const signedHeaders = query.get('X-Amz-SignedHeaders') ?? '';
  const canonicalHeaders = signedHeaders
    .split(';')
    .map((name) => `${name}:${(headers[name] ?? '').trim().replace(/ +/g, ' ')}\n`)
    .join('');
  const canonicalRequest = [
    method,
    path.split('/').map(encode).join('/'),
    canonicalQuery(query),
    canonicalHeaders,
    signedHeaders,
    query.get('X-Amz-Content-Sha256') ?? headers['x-amz-content-sha256'] ?? 'UNSIGNED-PAYLOAD',
  ].join('\n');
  return [
    'AWS4-HMAC-SHA256',
    query.get('X-Amz-Date') ?? '',
    `${scope.date}/${scope.region}/${scope.service}/aws4_request`,
    createHash('sha256').update(canonicalRequest).digest('hex'),
  ].join('\n');
};
