import type { ProblemV1 } from '@alluvium/contracts';

/** An answer that tells of a failure, as problem+json has it. */
export class Problem extends Error {
  readonly title: string;
  readonly status: number;
  readonly code: string;

  constructor({ title, status, code, detail }: Pick<ProblemV1, 'title' | 'status' | 'code' | 'detail'>) {
    super(detail);
    this.title = title;
    this.status = status;
    this.code = code;
  }
}

/** Any error as one that can be shown. */
export const asProblem = (error: unknown): Problem => {
  if (error instanceof Problem) return error;
  const detail = error instanceof Error ? error.message : String(error);
  return new Problem({ title: 'Failed', status: 0, code: 'CONSOLE_FAILED', detail });
};

const UNREACHABLE = {
  title: 'Not there',
  status: 0,
  code: 'CONSOLE_UNREACHABLE',
  detail: 'The console itself does not answer; it ends with the command that started it.',
};

const problemOf = (status: number, body: unknown): Problem => {
  const { title, code, detail, message } = (body ?? {}) as Partial<ProblemV1> & { message?: string };
  return new Problem({
    title: title ?? message ?? `The answer was ${status}`,
    status,
    code: code ?? 'HTTP_FAILED',
    detail: detail ?? message ?? 'It came without an explanation.',
  });
};

const send = async (path: string, init: RequestInit): Promise<Response> => {
  try {
    return await fetch(path, init);
  } catch (error) {
    if (init.signal?.aborted === true) throw error;
    throw new Problem(UNREACHABLE);
  }
};

/** Calls the console's own server. Error: {@link Problem}. */
export const call = async <T>(path: string, init: RequestInit = {}): Promise<T> => {
  const response = await send(path, init);
  const body: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw problemOf(response.status, body);
  return body as T;
};

/** POSTs a value as JSON. Error: {@link Problem}. */
export const post = <T>(path: string, body: unknown, init: RequestInit = {}): Promise<T> =>
  call<T>(path, {
    ...init,
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  });
