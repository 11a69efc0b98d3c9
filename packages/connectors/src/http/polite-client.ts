import { hasCode, PipelineError } from '@alluvium/contracts';
import type { ConnectorClock } from '../connector.ts';
import type { HttpClient, HttpRequest, HttpResponse } from './http-client.ts';
import { urlForMessages } from './public-url.ts';

/** How a source wants to be asked. */
export interface Politeness {
  /** Least time between the beginnings of two requests. */
  minIntervalMs?: number;
  /** Tries of a request that fails for reasons that pass. */
  maxTries?: number;
  /** Pause before the second try; each further one is twice as long. */
  firstPauseMs?: number;
  /** Longest pause that is slept through; a longer one is RATE_LIMITED. */
  maxPauseMs?: number;
  /** How long the source wants to be left alone, told from an answer; undefined when it does not say. */
  retryAfterMs?: (response: HttpResponse, nowMs: number) => number | undefined;
  /** True for an answer that means too many requests; 429 and 503 when not given. */
  isLimited?: (response: HttpResponse) => boolean;
}

const PASSING = new Set([408, 425, 429, 500, 502, 503, 504]);

/** Pause of the header Retry-After, in seconds or as a date. */
export const retryAfterHeader = ({ headers }: HttpResponse, nowMs: number): number | undefined => {
  const value = headers['retry-after']?.trim();
  if (value === undefined || value === '') return undefined;
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  const atMs = Date.parse(value);
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs);
};

const isLimitedByDefault = ({ status }: HttpResponse): boolean => status === 429 || status === 503;

const rateLimited = (url: string, retryAfterMs: number): PipelineError =>
  new PipelineError(`${urlForMessages(url)} wants no request for ${Math.ceil(retryAfterMs / 1000)} s`, {
    code: 'RATE_LIMITED',
    kind: 'unavailable',
    details: { retryAfterMs },
  });

const gaveUp = (url: string, status: number, tries: number): PipelineError =>
  new PipelineError(`${urlForMessages(url)} answered ${status}, ${tries} times`, {
    code: 'SOURCE_UNAVAILABLE',
    kind: 'unavailable',
    details: { status },
  });

type Outcome = { response: HttpResponse } | { error: unknown };

const attempt = async (http: HttpClient, request: HttpRequest): Promise<Outcome> => {
  try {
    return { response: await http.fetch(request) };
  } catch (error) {
    if (!hasCode(error, 'SOURCE_UNAVAILABLE')) throw error;
    return { error };
  }
};

const isFinal = (outcome: Outcome, isLimited: (response: HttpResponse) => boolean): boolean =>
  'response' in outcome && !PASSING.has(outcome.response.status) && !isLimited(outcome.response);

/**
 * Asks one source at its pace: leaves time between requests, repeats what fails for reasons that pass with growing
 * pauses, and waits as long as the source wants. Errors beside those of `http`: RATE_LIMITED, SOURCE_UNAVAILABLE.
 */
export const politeClient = (
  http: HttpClient,
  clock: ConnectorClock,
  politeness: Politeness = {},
): HttpClient => {
  const { minIntervalMs = 0, maxTries = 4, firstPauseMs = 500, maxPauseMs = 20_000 } = politeness;
  const { retryAfterMs = retryAfterHeader, isLimited = isLimitedByDefault } = politeness;
  let freeAtMs = 0;

  const takeTurn = async (): Promise<void> => {
    const nowMs = clock.nowMs();
    const waitMs = Math.max(0, freeAtMs - nowMs);
    freeAtMs = nowMs + waitMs + minIntervalMs;
    if (waitMs > 0) await clock.pause(waitMs);
  };

  const pauseAfter = (outcome: Outcome, tries: number): number => {
    const wanted = 'response' in outcome ? retryAfterMs(outcome.response, clock.nowMs()) : undefined;
    return wanted ?? firstPauseMs * 2 ** (tries - 1);
  };

  const failureOf = (outcome: Outcome, request: HttpRequest, tries: number): unknown => {
    const pauseMs = pauseAfter(outcome, tries);
    if (tries < maxTries && pauseMs <= maxPauseMs) return undefined;
    if ('error' in outcome) return outcome.error;
    const { response } = outcome;
    return isLimited(response)
      ? rateLimited(request.url, pauseMs)
      : gaveUp(request.url, response.status, tries);
  };

  return {
    fetch: async (request) => {
      for (let tries = 1; ; tries += 1) {
        await takeTurn();
        const outcome = await attempt(http, request);
        if ('response' in outcome && isFinal(outcome, isLimited)) return outcome.response;
        const failure = failureOf(outcome, request, tries);
        if (failure !== undefined) throw failure as Error;
        await clock.pause(pauseAfter(outcome, tries));
      }
    },
  };
};
