import { createHash } from 'node:crypto';
import { PipelineError } from '@alluvium/contracts';
import type { ConnectorClock } from '../connector.ts';
import { textOf, type HttpClient, type HttpResponse } from '../http/http-client.ts';
import { politeClient } from '../http/polite-client.ts';
import { urlForMessages } from '../http/public-url.ts';
import type { MarvelPage } from './marvel-types.ts';

/** The two halves of a key pair. */
export interface MarvelKeys {
  publicKey: string;
  privateKey: string;
}

/** Query of a request, without its signature. */
export type MarvelQuery = Readonly<Record<string, string | number>>;

/** The API, as far as it is read here. */
export interface MarvelApi {
  /** A page; 'not-modified' when `etag` is still its own; undefined when there is nothing at the path. */
  page(path: string, query: MarvelQuery, etag?: string): Promise<MarvelPage | 'not-modified' | undefined>;
}

const DAY_MS = 24 * 3600 * 1000;

/** md5(ts + private key + public key) in hex, the signature that the API asks for. */
export const marvelHash = (ts: string, { publicKey, privateKey }: MarvelKeys): string =>
  createHash('md5').update(`${ts}${privateKey}${publicKey}`).digest('hex');

const parse = (response: HttpResponse): Record<string, unknown> | undefined => {
  try {
    return JSON.parse(textOf(response)) as Record<string, unknown>;
  } catch {
    return undefined;
  }
};

// Errors come in two shapes: {code: 409, status} from the API and {code: "InvalidCredentials", message} from its gateway.
const refused = (response: HttpResponse): PipelineError => {
  const { code, status, message } = parse(response) ?? {};
  const told = [code, status ?? message].filter((part) => ['string', 'number'].includes(typeof part));
  const reason = told.join(': ');
  return new PipelineError(`${urlForMessages(response.url)} answered ${response.status}: ${reason}`, {
    code: 'SOURCE_REFUSED',
    kind: 'invalid',
    details: { status: response.status },
  });
};

const pageOf = (response: HttpResponse): MarvelPage => {
  const body = parse(response);
  const data = body?.['data'] as Partial<MarvelPage['data']> | undefined;
  if (body !== undefined && Array.isArray(data?.results) && typeof data.total === 'number')
    return body as unknown as MarvelPage;
  throw new PipelineError(`${urlForMessages(response.url)} answered with something else than a page`, {
    code: 'SOURCE_ANSWER_INVALID',
    kind: 'unavailable',
  });
};

// The quota is a day's; the API does not say when it is refilled.
const untilMidnight = ({ status }: HttpResponse, nowMs: number): number | undefined =>
  status === 429 ? DAY_MS - (nowMs % DAY_MS) : undefined;

/** The API at `baseUrl`; every request is signed anew. */
export const marvelApi = (
  baseUrl: string,
  keys: MarvelKeys,
  { http, clock, minIntervalMs }: { http: HttpClient; clock: ConnectorClock; minIntervalMs: number },
): MarvelApi => {
  const polite = politeClient(http, clock, { minIntervalMs, retryAfterMs: untilMidnight });
  const signed = (path: string, query: MarvelQuery): string => {
    const url = new URL(`${baseUrl}/v1/public/${path}`);
    const ts = String(clock.nowMs());
    const signature: MarvelQuery = { ts, apikey: keys.publicKey, hash: marvelHash(ts, keys) };
    for (const [name, value] of Object.entries({ ...query, ...signature }))
      url.searchParams.set(name, String(value));
    return url.href;
  };
  return {
    page: async (path, query, etag) => {
      // Unquoted, against RFC 9110: the API compares the header with the etag of its own bodies.
      const headers = etag === undefined ? {} : { 'if-none-match': etag };
      const response = await polite.fetch({ url: signed(path, query), headers });
      if (response.status === 304) return 'not-modified';
      if (response.status === 404) return undefined;
      if (response.status !== 200) throw refused(response);
      return pageOf(response);
    },
  };
};
