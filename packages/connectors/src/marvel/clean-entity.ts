import { publicUrl } from '../http/public-url.ts';

/** What the API adds to links so that visits are counted for the caller: his public key among it. */
const CALLER = /^(?:utm_[a-z]+|apikey|hash|ts)$/i;

const cleanUrl = (text: string): string => {
  // Most URLs have neither a query nor a user: nothing to take away, and nothing to parse.
  if (!/^https?:\/\/[^\s]*[?@]/i.test(text)) return text;
  const url = publicUrl(text);
  if (url === undefined || !/[?&](?:utm_|apikey|hash|ts=)/i.test(url)) return url ?? text;
  const parsed = new URL(url);
  for (const name of [...parsed.searchParams.keys()]) if (CALLER.test(name)) parsed.searchParams.delete(name);
  return parsed.href;
};

const clean = (value: unknown): unknown => {
  if (typeof value === 'string') return cleanUrl(value);
  if (Array.isArray(value)) return value.map(clean);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, clean(inner)]));
};

/** The entity without anything in its URLs that tells who asked. */
export const cleanEntity = <T extends Record<string, unknown>>(entity: T): T => clean(entity) as T;
