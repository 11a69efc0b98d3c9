import { PipelineError } from '@alluvium/contracts';
import type { Patience, ProviderDeps } from '../ports.ts';
import { denied, refused, unavailable, withoutSecrets } from '../provider-errors.ts';
import { backoffMs, retryAfterMs } from './retry-delay.ts';

const PATIENCE: Patience = { tries: 5, timeoutMs: 60_000, pauseMs: 30_000 };
const GONE = 404;

/** Where the API is and who asks. */
export interface OpenAiEndpoint {
  /** Without a slash at its end. */
  baseUrl: string;
  /** Name of the secret with the key; none for servers that need none. */
  secret?: string;
}

/** One call of the API. */
export interface OpenAiCall {
  method: 'GET' | 'POST' | 'DELETE';
  /** After the base URL, with its query. */
  path: string;
  json?: unknown;
  form?: FormData;
  /** Repeating may buy twice: then only a refusal (429) is repeated, as nothing was bought. */
  buys?: boolean;
}

/** An OpenAI-compatible API. Errors: PROVIDER_REFUSED, PROVIDER_DENIED, PROVIDER_NOT_FOUND, PROVIDER_UNAVAILABLE, SECRET_MISSING. */
export interface OpenAiApi {
  json: (call: OpenAiCall) => Promise<unknown>;
  bytes: (call: OpenAiCall) => Promise<Uint8Array>;
}

interface Complaint {
  message: string;
  code: string | undefined;
}

const complaintOf = async (answer: Response, key: string | undefined): Promise<Complaint> => {
  const text = await answer.text().catch(() => '');
  try {
    const { error } = JSON.parse(text) as { error?: { message?: unknown; code?: unknown } };
    const message = typeof error?.message === 'string' ? error.message : text;
    return {
      message: withoutSecrets(message, key),
      code: typeof error?.code === 'string' ? error.code : undefined,
    };
  } catch {
    return { message: withoutSecrets(text, key), code: undefined };
  }
};

const isPassing = (status: number): boolean => status === 408 || status === 429 || status >= 500;

const failureOf = (what: string, status: number, { message, code }: Complaint): PipelineError => {
  const words = `${what} was answered ${status}: ${message}`;
  const details = { status, ...(code !== undefined && { providerCode: code }) };
  if (status === 401 || status === 403) return denied(words, details);
  if (status === GONE)
    return new PipelineError(words, { code: 'PROVIDER_NOT_FOUND', kind: 'invalid', details });
  return isPassing(status) ? unavailable(words, details) : refused(words, details);
};

/** A try that failed, and when another may be made; undefined when none should. */
interface Failure {
  error: PipelineError;
  againInMs: number | undefined;
}

/** One call with what all of its tries share. */
interface Asking {
  endpoint: OpenAiEndpoint;
  deps: ProviderDeps;
  call: OpenAiCall;
  key: string | undefined;
}

const nameOf = ({ method, path }: OpenAiCall): string => `${method} ${path}`;

const send = ({ endpoint, deps, call, key }: Asking): Promise<Response> =>
  deps.fetch(`${endpoint.baseUrl}${call.path}`, {
    method: call.method,
    headers: {
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
      ...(call.json !== undefined && { 'content-type': 'application/json' }),
    },
    ...(call.json !== undefined && { body: JSON.stringify(call.json) }),
    ...(call.form !== undefined && { body: call.form }),
    // A redirect would take the key elsewhere.
    redirect: 'error',
    signal: AbortSignal.timeout((deps.patience ?? PATIENCE).timeoutMs),
  });

const judge = async ({ deps, call, key }: Asking, answer: Response, tries: number): Promise<Failure> => {
  const { status, headers } = answer;
  const complaint = await complaintOf(answer, key);
  const error = failureOf(nameOf(call), status, complaint);
  // A quota that is used up does not come back in seconds.
  const isWorthwhile = isPassing(status) && complaint.code !== 'insufficient_quota';
  const mayRepeat = status === 429 || call.buys !== true;
  if (!isWorthwhile || !mayRepeat) return { error, againInMs: undefined };
  const againInMs = retryAfterMs(headers, deps.clock.nowMs()) ?? backoffMs(tries, deps.random);
  return { error, againInMs: againInMs > (deps.patience ?? PATIENCE).pauseMs ? undefined : againInMs };
};

const attempt = async (asking: Asking, tries: number): Promise<Response | Failure> => {
  const { call, deps } = asking;
  let answer: Response;
  try {
    answer = await send(asking);
  } catch (cause) {
    const error = unavailable(`${nameOf(call)} got no answer`, {}, cause);
    return { error, againInMs: call.buys === true ? undefined : backoffMs(tries, deps.random) };
  }
  return answer.ok ? answer : judge(asking, answer, tries);
};

const request = async (asking: Asking): Promise<Response> => {
  for (let tries = 1; ; tries += 1) {
    const outcome = await attempt(asking, tries);
    if (!('againInMs' in outcome)) return outcome;
    if (outcome.againInMs === undefined || tries >= (asking.deps.patience ?? PATIENCE).tries)
      throw outcome.error;
    await asking.deps.clock.pause(outcome.againInMs);
  }
};

/** The API behind an endpoint. The key is read at each call and goes into its header, nowhere else. */
export const openAiApi = (endpoint: OpenAiEndpoint, deps: ProviderDeps): OpenAiApi => {
  const ask = async <T>(call: OpenAiCall, read: (answer: Response) => Promise<T>): Promise<T> => {
    const key = endpoint.secret === undefined ? undefined : await deps.secrets(endpoint.secret);
    const answer = await request({ endpoint, deps, call, key });
    try {
      return await read(answer);
    } catch (cause) {
      throw unavailable(`The answer to ${nameOf(call)} broke off`, {}, cause);
    }
  };
  return {
    json: (call) => ask(call, (answer) => answer.json()),
    bytes: (call) => ask(call, (answer) => answer.bytes()),
  };
};
