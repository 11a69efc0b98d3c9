import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import path from 'node:path';

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
};

/** Nothing comes from anywhere else, and no page may frame the console. */
const SECURITY_HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
};

const read = async (directory: string, file: string): Promise<Buffer | undefined> => {
  const full = path.join(directory, file);
  if (!full.startsWith(directory + path.sep)) return undefined;
  return readFile(full).catch(() => undefined);
};

/** Sends a file of the built pages; whatever is no file is a view, and the page itself finds out which. */
export const sendStatic = async (
  response: ServerResponse,
  directory: string,
  urlPath: string,
): Promise<void> => {
  const name = path.extname(urlPath) in TYPES ? urlPath : '/index.html';
  const body = await read(directory, name);
  if (body === undefined) {
    response.writeHead(404, { 'content-type': 'text/plain', ...SECURITY_HEADERS }).end('Not found.\n');
    return;
  }
  // Names below assets/ carry a hash of their content.
  const forGood = name.startsWith('/assets/');
  response.writeHead(200, {
    'content-type': TYPES[path.extname(name)] ?? 'application/octet-stream',
    'content-length': body.length,
    'cache-control': forGood ? 'public, max-age=31536000, immutable' : 'no-cache',
    ...SECURITY_HEADERS,
  });
  response.end(body);
};
