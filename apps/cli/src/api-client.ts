import { assertReadable, type DocumentContract, type ProblemV1 } from '@alluvium/contracts';
import { CliError, exitCodes } from './cli-error.ts';
import type { Connection } from './connection.ts';

const EXIT_OF_STATUS: Record<number, number> = {
  400: exitCodes.usage,
  401: exitCodes.usage,
  403: exitCodes.usage,
  404: exitCodes.notFound,
  409: exitCodes.conflict,
  413: exitCodes.usage,
};
const PASSING = new Set([429, 500, 502, 503, 504]);
const MAX_TRIES = 4;
const TIMEOUT_MS = 30_000;

const NEXT: Record<string, string> = {
  COLLECTION_NOT_FOUND: 'See what there is: alluvium collections',
  CANDIDATE_NOT_FOUND: 'See what there is: alluvium collections show <name>',
  DOCUMENT_NOT_FOUND: 'See what there is: alluvium documents ls',
  SCOPE_MISSING: 'Take another key: alluvium keys ls',
  SOURCE_NOT_FOUND: 'See what there is: alluvium sources ls',
  SOURCE_PAUSED: 'Let it be read again: alluvium sources resume <name>',
};

const nextOf = (status: number, code = ''): string | undefined => {
  if (NEXT[code] !== undefined) return NEXT[code];
  const lacksKey = (status === 401 || status === 403) && code === '';
  return lacksKey ? 'Put a key that is good into ALLUVIUM_API_KEY: alluvium keys create' : undefined;
};

const failed = (status: number, body: Partial<ProblemV1>): CliError => {
  const detail = body.detail ?? `The service answered ${status}.`;
  const code = body.code === undefined ? '' : ` (${body.code})`;
  return new CliError(
    `${detail}${code}`,
    EXIT_OF_STATUS[status] ?? exitCodes.failed,
    nextOf(status, body.code),
  );
};

// What was throttled did not begin; a function that died may have done something: only reading is tried again then.
const mayRepeat = (status: number, method: Method): boolean =>
  status === 429 || (method === 'GET' && PASSING.has(status));

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

interface Sent {
  method: Method;
  body: unknown;
}

const request = async (url: URL, { apiKey }: Connection, { method, body }: Sent): Promise<Response> => {
  const headers = {
    ...(apiKey !== undefined && { 'x-api-key': apiKey }),
    ...(body !== undefined && { 'content-type': 'application/json' }),
  };
  const sent = { method, ...(body !== undefined && { body: JSON.stringify(body) }) };
  for (let attempt = 1; ; attempt += 1) {
    const response = await fetch(url, { ...sent, headers, signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (!mayRepeat(response.status, method) || attempt === MAX_TRIES) return response;
    await new Promise((resolve) => setTimeout(resolve, 200 * 2 ** attempt));
  }
};

interface Call<T> {
  path: string;
  /** GET when not given. */
  method?: Method;
  /** What the answer has to be. */
  contract: DocumentContract<T>;
  body?: unknown;
}

const ask = async (connection: Connection, path: string, sent: Sent): Promise<unknown> => {
  const { api } = connection;
  let response: Response;
  try {
    response = await request(new URL(path, `${api}/`), connection, sent);
  } catch (cause) {
    const why =
      cause instanceof Error && cause.name === 'TimeoutError' ? 'did not answer in time' : 'is not there';
    throw new CliError(
      `The stack at ${api} ${why}.`,
      exitCodes.unreachable,
      'Is it running? Start it: alluvium up',
    );
  }
  const body: unknown = await response.json().catch(() => ({}));
  if (!response.ok) throw failed(response.status, body as Partial<ProblemV1>);
  return body;
};

/** Calls the stack's API and checks the answer against its contract. */
export const callJson = async <T>(
  connection: Connection,
  { path, contract, method = 'GET', body }: Call<T>,
): Promise<T> => assertReadable(contract, await ask(connection, path, { method, body }));

/** DELETEs `path` of the stack's API. */
export const deletePath = async (connection: Connection, path: string): Promise<void> => {
  await ask(connection, path, { method: 'DELETE', body: undefined });
};

/** GETs `path` of the stack's API and checks the answer against its contract. */
export const getJson = <T>(connection: Connection, path: string, contract: DocumentContract<T>): Promise<T> =>
  callJson(connection, { path, contract });

/** POSTs a body to `path` of the stack's API and checks the answer against its contract. */
export const postJson = <T>(
  connection: Connection,
  path: string,
  { body, contract }: { body: unknown; contract: DocumentContract<T> },
): Promise<T> => callJson(connection, { path, contract, body, method: 'POST' });
