import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** A server that listens on the loopback interface only. */
export interface LocalServer {
  /** `http://127.0.0.1:<port>` */
  endpoint: string;
  port: number;
  close(): Promise<void>;
}

const LOCAL_HOST = /^(?:[a-z0-9.-]+\.)?(?:localhost|127\.0\.0\.1)$/i;

const isLocalName = (host: string | undefined): boolean => LOCAL_HOST.test((host ?? '').replace(/:\d+$/, ''));

/** A page of another site must not reach us through the user's browser: neither by name (DNS rebinding) nor by a cross-site request. */
const isTrusted = ({ headers }: IncomingMessage): boolean => {
  if (!isLocalName(headers.host)) return false;
  if (headers.origin === undefined) return true;
  return URL.canParse(headers.origin) && isLocalName(new URL(headers.origin).host);
};

const refuse = (response: ServerResponse): void => {
  response.writeHead(403, { 'content-type': 'text/plain' });
  response.end('Only requests addressed to 127.0.0.1 or localhost are served.\n');
};

const fail = (response: ServerResponse, error: unknown): void => {
  console.error(error);
  if (response.headersSent) response.destroy();
  else response.writeHead(500).end();
};

/** Starts `handler` on 127.0.0.1; port 0 picks a free one. */
export const serveLocal = async (handler: RequestHandler, port = 0): Promise<LocalServer> => {
  const server = createServer((request, response) => {
    if (isTrusted(request)) {
      handler(request, response).catch((error: unknown) => {
        fail(response, error);
      });
    } else refuse(response);
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const bound = (server.address() as AddressInfo).port;
  return {
    endpoint: `http://127.0.0.1:${String(bound)}`,
    port: bound,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
};
