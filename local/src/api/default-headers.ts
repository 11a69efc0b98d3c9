import type { IncomingMessage } from 'node:http';

/** Headers that a request gets which has none of the name, e.g. the key of whoever owns this machine. */
export type DefaultHeaders = Readonly<Record<string, string>>;

const hostOf = (origin: string): string | undefined =>
  URL.canParse(origin) ? new URL(origin).host : undefined;

// A page of another site or another port says where it is from; commands and this API's own pages do not, or name this host.
const isOwn = ({ headers }: IncomingMessage): boolean => {
  const { origin, host } = headers;
  if (origin !== undefined && hostOf(origin) !== host) return false;
  const site = headers['sec-fetch-site'];
  return site === undefined || site === 'same-origin' || site === 'none';
};

/** Adds the headers that a request lacks, unless a page of elsewhere sent it. */
export const addDefaultHeaders = (request: IncomingMessage, defaults: DefaultHeaders): void => {
  if (!isOwn(request)) return;
  for (const [name, value] of Object.entries(defaults)) {
    const key = name.toLowerCase();
    request.headers[key] ??= value;
    request.headersDistinct[key] ??= [value];
  }
};
