import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { RequestHandler } from '../common/http-server.ts';
import { authenticate } from './authenticate.ts';
import { authorize } from './authorize.ts';
import { getBucket } from './catalog.ts';
import { corsHeaders, preflight } from './cors.ts';
import { postObject } from './post-object.ts';
import { findRoute } from './router.ts';
import type { S3Context } from './s3-context.ts';
import { isS3Error, S3Error } from './s3-error.ts';
import { newRequestId, parseRequest, type S3Request, type S3Response } from './s3-request.ts';
import { errorDocument } from './xml.ts';

const MAX_KEY_BYTES = 1024;

const checkRequest = (context: S3Context, { key, headers }: S3Request): void => {
  const sizeBytes = Buffer.byteLength(key);
  if (sizeBytes > MAX_KEY_BYTES)
    throw new S3Error('KeyTooLongError', {
      details: { Size: String(sizeBytes), MaxSizeAllowed: String(MAX_KEY_BYTES) },
    });
  const owner = headers['x-amz-expected-bucket-owner'];
  if (owner !== undefined && owner !== context.accountId) throw new S3Error('AccessDenied');
};

const answer = async (context: S3Context, received: S3Request): Promise<S3Response> => {
  if (received.method === 'OPTIONS') return preflight(context, received);
  const request = authenticate(context, received);
  checkRequest(context, request);
  const { operation, action } = findRoute(request);
  const bucket = request.bucket === '' ? undefined : await getBucket(context.store, request.bucket);
  if (action !== undefined) {
    if (bucket === undefined && request.bucket !== '')
      throw new S3Error('NoSuchBucket', { details: { BucketName: request.bucket } });
    authorize(context, bucket, { request, action });
    // a posted form carries its own proof, and of a batch each key is judged alone
  } else if (request.anonymous && operation !== postObject) throw new S3Error('AccessDenied');
  return operation(context, request);
};

/** The client went away in the middle of its body. */
const isDisconnect = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  ['ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE'].includes(String(error.code));

const toS3Error = (error: unknown): S3Error => {
  if (isS3Error(error)) return error;
  if (isDisconnect(error)) return new S3Error('IncompleteBody');
  console.error(error);
  return new S3Error('InternalError');
};

const errorResponse = (error: unknown, { path, requestId, method }: S3Request): S3Response => {
  const { code, message, status, headers, details } = toS3Error(error);
  if (method === 'HEAD') return { status, headers };
  const body = errorDocument({
    Code: code,
    Message: message,
    ...details,
    Resource: path,
    RequestId: requestId,
    HostId: 'local',
  });
  return { status, headers: { 'content-type': 'application/xml', ...headers }, body };
};

const respond = async (context: S3Context, request: S3Request): Promise<S3Response> => {
  try {
    return await answer(context, request);
  } catch (error) {
    return errorResponse(error, request);
  }
};

const parse = (message: IncomingMessage, requestId: string): S3Request | S3Response => {
  try {
    return parseRequest(message, requestId);
  } catch (error) {
    const body = errorDocument({
      Code: 'InvalidURI',
      Message: toS3Error(error).message,
      RequestId: requestId,
    });
    return { status: 400, headers: { 'content-type': 'application/xml' }, body };
  }
};

const send = async (response: ServerResponse, { status, headers, body }: S3Response): Promise<void> => {
  if (typeof body === 'object') {
    response.writeHead(status, headers);
    await pipeline(Readable.from(body, { objectMode: false }), response);
    return;
  }
  const hasLength = headers?.['content-length'] !== undefined || status === 204 || status === 304;
  const length: Record<string, string> = hasLength
    ? {}
    : { 'content-length': String(Buffer.byteLength(body ?? '')) };
  response.writeHead(status, { ...headers, ...length });
  response.end(body);
};

/** Serves S3 over HTTP on the state in `context`. */
export const makeHandler = (context: S3Context): RequestHandler => {
  return async (message, response) => {
    const requestId = newRequestId();
    response.setHeader('x-amz-request-id', requestId);
    response.setHeader('x-amz-id-2', 'local');
    response.setHeader('server', 'AmazonS3');
    const request = parse(message, requestId);
    const result = 'method' in request ? await respond(context, request) : request;
    try {
      if ('method' in request)
        for (const header of Object.entries(await corsHeaders(context, request)))
          response.setHeader(...header);
      await send(response, result);
    } catch (error) {
      // headers are out: all that is left is to cut the connection, so that nobody takes it for the whole
      if (!response.destroyed && !message.destroyed) console.error(error);
      response.destroy();
    } finally {
      result.release?.();
      // what an early refusal left unread would block the next request of the connection
      message.resume();
    }
  };
};
