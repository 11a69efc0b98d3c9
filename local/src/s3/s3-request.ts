import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { S3Error } from './s3-error.ts';

export interface S3Request {
  method: string;
  /** Decoded path as it was sent, not normalised: `..` is a legal part of a key. */
  path: string;
  /** Empty for the service itself. */
  bucket: string;
  /** Empty for a bucket. */
  key: string;
  query: URLSearchParams;
  /** Names in lower case. For a presigned request also the `x-amz-*` parameters of its query. */
  headers: Record<string, string>;
  body: Readable;
  requestId: string;
  sourceIp: string;
  /** True when nobody has signed it. */
  anonymous: boolean;
}

export interface S3Response {
  status: number;
  headers?: Record<string, string>;
  /** XML or JSON text, or the bytes of an object. */
  body?: string | AsyncIterable<Buffer>;
  /** Called once the response is sent or given up. */
  release?: () => void;
}

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** 16 capitals and digits, as S3 makes them. */
export const newRequestId = (): string =>
  Array.from(randomBytes(16), (byte) => ALPHABET[byte % ALPHABET.length]).join('');

/** `photos.localhost` and `photos.s3.localhost` name the bucket photos; a bare address names none. */
const bucketOfHost = (host: string): string | undefined => {
  const name = host.replace(/:\d+$/, '').toLowerCase();
  return /^(.+?)(?:\.s3)?\.localhost$/.exec(name.replace(/^s3\.localhost$/, 'localhost'))?.[1];
};

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new S3Error('InvalidURI');
  }
};

const headersOf = (message: IncomingMessage): Record<string, string> => {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(message.headers))
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  return headers;
};

/** Reads the address of a request without the URL class, which would resolve `..` and so change keys. */
export const parseRequest = (message: IncomingMessage, requestId: string): S3Request => {
  const target = (message.url ?? '/').replace(/^https?:\/\/[^/?]*/i, '');
  const [rawPath = '/', ...rawQuery] = target.split('?');
  const path = decode(rawPath);
  const hosted = bucketOfHost(message.headers.host ?? '');
  const name = path.replace(/^\//, '');
  const slash = name.indexOf('/');
  const [first, rest] = slash < 0 ? [name, ''] : [name.slice(0, slash), name.slice(slash + 1)];
  return {
    method: message.method ?? 'GET',
    path,
    bucket: hosted ?? first,
    key: hosted === undefined ? rest : name,
    query: new URLSearchParams(rawQuery.join('?')),
    headers: headersOf(message),
    body: message,
    requestId,
    sourceIp: message.socket.remoteAddress ?? '127.0.0.1',
    anonymous: true,
  };
};

/** A whole number from the query, or the default when it is absent. */
export const wholeNumber = (query: URLSearchParams, name: string, usual: number): number => {
  const text = query.get(name);
  if (text === null || text === '') return usual;
  if (!/^\d{1,10}$/.test(text))
    throw new S3Error('InvalidArgument', {
      message: `Argument ${name} must be an integer between 0 and 2147483647`,
      details: { ArgumentName: name, ArgumentValue: text },
    });
  return Number(text);
};
