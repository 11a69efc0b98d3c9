import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a fake answers. */
export interface FakeAnswer {
  status?: number;
  headers?: Record<string, string>;
  body?: string | Uint8Array;
}

/** A server on a port of this machine. */
export interface FakeServer {
  url: string;
  requests: { path: string; headers: IncomingMessage['headers'] }[];
  /** The next request is answered like this. */
  disturb(answer: FakeAnswer): void;
  close(): Promise<void>;
}

/** Starts a server; answers with an ETag are turned into 304 for those who have it. */
export const startFakeServer = async (
  answer: (url: URL, headers: IncomingMessage['headers'], self: string) => FakeAnswer,
): Promise<FakeServer> => {
  const requests: FakeServer['requests'] = [];
  const disturbances: FakeAnswer[] = [];
  let self = '';
  const server = createServer((request, response) => {
    requests.push({ path: request.url ?? '', headers: request.headers });
    const url = new URL(request.url ?? '/', self);
    const found = disturbances.shift() ?? answer(url, request.headers, self);
    const etag = found.headers?.['etag'];
    const isKnown = etag !== undefined && request.headers['if-none-match'] === etag;
    response.writeHead(isKnown ? 304 : (found.status ?? 200), found.headers);
    response.end(isKnown ? undefined : found.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  self = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: self,
    requests,
    disturb: (disturbance) => disturbances.push(disturbance),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
