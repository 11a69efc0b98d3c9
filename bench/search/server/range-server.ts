import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { BucketFolder, type FileObject } from './bucket-folder.ts';
import { listing } from './listing.ts';
import { sendPaced } from './paced-send.ts';
import type { LoggedRequest } from './request-log.ts';

// An honest part of S3 over a folder: path style, GET with range and If-None-Match, HEAD, PUT, ListObjectsV2.
// node range-server.ts <folder> <latency in ms> <MB/s a connection>; the port goes to stdout, the log to GET /-/log (and is emptied).

const [root = '.', latency = '0', megabytesPerS = '0'] = process.argv.slice(2);
const latencyMs = Number(latency);
const bytesPerMs = Number(megabytesPerS) * 1000;
const folder = new BucketFolder(root);

let requests: LoggedRequest[] = [];
let connections = 0;

interface Answered {
  status: number;
  bytes: number;
}

const sendText = (response: ServerResponse, status: number, text: string): Answered => {
  response.writeHead(status, { 'content-type': 'application/xml' }).end(text);
  return { status, bytes: Buffer.byteLength(text) };
};

const failure = (code: string): string => `<?xml version="1.0"?><Error><Code>${code}</Code></Error>`;

const bodyOf = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

const rangeOf = (header: string | undefined, sizeBytes: number): { start: number; end: number } => {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (first === '' && last === '') return { start: 0, end: sizeBytes };
  if (first === '') return { start: Math.max(0, sizeBytes - Number(last)), end: sizeBytes };
  return { start: Number(first), end: last === '' ? sizeBytes : Math.min(sizeBytes, Number(last) + 1) };
};

const sendObject = async (
  request: IncomingMessage,
  response: ServerResponse,
  { file, sizeBytes, etag, lastModified }: FileObject,
): Promise<Answered> => {
  const headers = { etag, 'last-modified': lastModified.toUTCString(), 'accept-ranges': 'bytes' };
  if (request.headers['if-none-match'] === etag) {
    response.writeHead(304, headers).end();
    return { status: 304, bytes: 0 };
  }
  if (request.method === 'HEAD') {
    response.writeHead(200, { ...headers, 'content-length': sizeBytes }).end();
    return { status: 200, bytes: 0 };
  }
  const { start, end } = rangeOf(request.headers.range, sizeBytes);
  if (request.headers.range !== undefined && (start >= sizeBytes || end <= start))
    return sendText(response, 416, failure('InvalidRange'));
  const status = request.headers.range === undefined ? 200 : 206;
  const partial = status === 206 && {
    'content-range': `bytes ${String(start)}-${String(end - 1)}/${String(sizeBytes)}`,
  };
  response.writeHead(status, { ...headers, ...partial, 'content-length': end - start });
  const bytes = await sendPaced(response, { file, start, end }, bytesPerMs);
  response.end();
  return { status, bytes };
};

const answer = async (request: IncomingMessage, response: ServerResponse, url: URL): Promise<Answered> => {
  const path = decodeURIComponent(url.pathname);
  const object = folder.find(path);
  if (request.method === 'PUT') {
    const body = await bodyOf(request);
    if (request.headers['if-none-match'] === '*' && object)
      return sendText(response, 412, failure('PreconditionFailed'));
    response.writeHead(200, { etag: folder.put(path, body).etag }).end();
    return { status: 200, bytes: body.length };
  }
  if (url.searchParams.get('list-type') === '2')
    return sendText(response, 200, listing(folder, path.split('/')[1] ?? '', url.searchParams));
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return sendText(response, 405, failure('MethodNotAllowed'));
  if (object) return sendObject(request, response, object);
  return sendText(response, 404, request.method === 'HEAD' ? '' : failure('NoSuchKey'));
};

const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const url = new URL(request.url ?? '/', 'http://localhost');
  if (url.pathname === '/-/log') {
    response.end(JSON.stringify({ requests, connections }));
    [requests, connections] = [[], 0];
    return;
  }
  const startMs = performance.now();
  if (latencyMs > 0) await sleep(latencyMs);
  const answered = await answer(request, response, url);
  const { method = '', headers } = request;
  requests.push({
    method,
    path: url.pathname,
    ...(headers.range !== undefined && { range: headers.range }),
    ...answered,
    startMs,
    endMs: performance.now(),
  });
};

const server = createServer((request, response) => {
  serve(request, response).catch((error: unknown) => {
    console.error(error);
    response.destroy();
  });
});
server.on('connection', (socket) => {
  connections += 1;
  socket.setNoDelay(true);
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  console.log(typeof address === 'object' ? address?.port : address);
});
// Ends with the process that started it, however that ends.
process.stdin.on('end', () => process.exit(0)).resume();
