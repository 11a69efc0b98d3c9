import { PipelineError } from '@alluvium/contracts';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { readBody } from '../api/read-body.ts';

/** The HTTP API that the console works with. */
export interface ProxiedApi {
  /** Without a slash at the end. */
  url: string;
  /** What every request carries, such as a key; never shown to the page. */
  headers?: () => Record<string, string>;
}

const TIMEOUT_MS = 35_000;
const MAX_BODY_BYTES = 10 * 1024 * 1024;
const PASSED_ON = ['content-type', 'accept', 'idempotency-key', 'if-none-match'];
const PASSED_BACK = ['content-type', 'retry-after', 'etag', 'location'];

const unreachable = (url: string, cause: unknown): PipelineError =>
  new PipelineError(`The HTTP API at ${url} does not answer; is the stack running?`, {
    code: 'API_UNREACHABLE',
    kind: 'unavailable',
    cause,
  });

const pick = (names: string[], valueOf: (name: string) => unknown): Record<string, string> =>
  Object.fromEntries(
    names.flatMap((name) => {
      const value = valueOf(name);
      return typeof value === 'string' ? [[name, value] as const] : [];
    }),
  );

/** Passes a request on to the API and its answer back. Errors: API_UNREACHABLE. */
export const passOn = async (
  { url, headers }: ProxiedApi,
  target: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const { method = 'GET' } = request;
  const body = await readBody(request, MAX_BODY_BYTES);
  if (body === 'too-large')
    throw new PipelineError('The request is over 10 MB.', { code: 'REQUEST_TOO_LARGE', kind: 'invalid' });
  const answer = await fetch(url + target, {
    method,
    headers: { ...pick(PASSED_ON, (name) => request.headers[name]), ...headers?.() },
    signal: AbortSignal.timeout(TIMEOUT_MS),
    ...(method !== 'GET' && method !== 'HEAD' && { body: new Uint8Array(body) }),
  }).catch((cause: unknown) => {
    throw unreachable(url, cause);
  });
  const bytes = Buffer.from(await answer.arrayBuffer());
  response.writeHead(answer.status, {
    ...pick(PASSED_BACK, (name) => answer.headers.get(name)),
    'cache-control': 'no-store',
  });
  response.end(bytes);
};
