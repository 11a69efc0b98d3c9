import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, normalize } from 'node:path';

/** A hub that serves folders as repositories. */
export interface FakeHub {
  url: string;
  /** Paths that were asked for, in order. */
  requests: string[];
  stop(): Promise<void>;
}

/** How a hub misbehaves. */
export interface FakeHubOptions {
  /** Folder of each repository, by `<owner>/<name>`. */
  repositories: Record<string, string>;
  /** Commit of `main`; undefined: the hub does not tell. */
  commit?: string | undefined;
  /** Answers for a path instead of the file; returns false to leave it to the hub. */
  intercept?: (path: string, response: ServerResponse) => boolean;
}

const RESOLVE = /^\/([^/]+\/[^/]+)\/resolve\/([^/]+)\/(.+)$/;
const MODEL = /\.onnx(_data)?$/;

const STORE = '/stored';

const find = async ({ repositories, commit }: FakeHubOptions, path: string): Promise<Buffer | undefined> => {
  const [, id = '', revision = '', file = ''] = RESOLVE.exec(path) ?? [];
  const folder = repositories[id];
  if (folder === undefined || (revision !== 'main' && revision !== commit)) return undefined;
  return readFile(join(folder, normalize(file))).catch(() => undefined);
};

const serve = async (options: FakeHubOptions, path: string, response: ServerResponse): Promise<void> => {
  const isStored = path.startsWith(STORE);
  const bytes = await find(options, isStored ? path.slice(STORE.length) : path);
  if (options.commit !== undefined && !isStored) response.setHeader('x-repo-commit', options.commit);
  if (bytes === undefined) response.writeHead(404).end('Entry not found');
  // Large files come from another place, as on the real hub.
  else if (MODEL.test(path) && !isStored) response.writeHead(302, { location: `${STORE}${path}` }).end();
  else response.writeHead(200, { 'content-length': bytes.length }).end(bytes);
};

/** Starts a hub on a free port of this machine. */
export const startFakeHub = async (options: FakeHubOptions): Promise<FakeHub> => {
  const requests: string[] = [];
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const path = decodeURIComponent(request.url ?? '');
    requests.push(path);
    if (options.intercept?.(path, response) === true) return;
    void serve(options, path, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
