import { assertReadable, type DocumentContract, type ProblemV1 } from '@alluvium/contracts';
import { CliError, exitCodes } from './cli-error.ts';
import type { Connection } from './connection.ts';

const EXIT_OF_STATUS: Record<number, number> = {
  400: exitCodes.usage,
  404: exitCodes.notFound,
  409: exitCodes.conflict,
  413: exitCodes.usage,
};
const PASSING = new Set([429, 500, 502, 503, 504]);
const MAX_TRIES = 4;
const TIMEOUT_MS = 30_000;

const failed = (status: number, body: Partial<ProblemV1>): CliError => {
  const detail = body.detail ?? `The service answered ${status}.`;
  const code = body.code === undefined ? '' : ` (${body.code})`;
  const next = body.code === 'COLLECTION_NOT_FOUND' ? 'See what there is: alluvium collections' : undefined;
  return new CliError(`${detail}${code}`, EXIT_OF_STATUS[status] ?? exitCodes.failed, next);
};

const request = async (url: URL): Promise<Response> => {
  for (let attempt = 1; ; attempt += 1) {
    const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    // Throttled, or a function that died: reading again is safe and may succeed.
    if (!PASSING.has(response.status) || attempt === MAX_TRIES) return response;
    await new Promise((resolve) => setTimeout(resolve, 200 * 2 ** attempt));
  }
};

/** GETs `path` of the stack's API and checks the answer against its contract. */
export const getJson = async <T>(
  { api }: Connection,
  path: string,
  contract: DocumentContract<T>,
): Promise<T> => {
  let response: Response;
  try {
    response = await request(new URL(path, `${api}/`));
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
  return assertReadable(contract, body);
};
