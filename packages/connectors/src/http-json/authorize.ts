import { createHash } from 'node:crypto';
import type { SecretStore } from '../connector.ts';
import type { HttpRequest } from '../http/http-client.ts';
import type { Auth } from './http-json-settings.ts';

/** Stand for the time of the request and for the hash itself, beside names of secrets. */
const TIME = '$ts';
const HASH = '$hash';

/** Puts credentials onto requests. */
export interface Authorizer {
  /** The values that must not get out. */
  secrets: string[];
  authorize(request: HttpRequest, nowMs: number): HttpRequest;
}

const namesIn = (auth: Auth): string[] => {
  if (auth.kind === 'none') return [];
  if (auth.kind !== 'hash') return [auth.secret];
  return [...auth.input, ...Object.values(auth.query)].filter((name) => name !== TIME && name !== HASH);
};

const withQuery = (request: HttpRequest, query: Readonly<Record<string, string>>): HttpRequest => {
  const url = new URL(request.url);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return { ...request, url: url.href };
};

const withHeader = (request: HttpRequest, name: string, value: string): HttpRequest => ({
  ...request,
  headers: { ...request.headers, [name]: value },
});

const hashed = (
  { algorithm, input, query }: Extract<Auth, { kind: 'hash' }>,
  valueOf: (name: string) => string,
): Record<string, string> => {
  const hash = createHash(algorithm).update(input.map(valueOf).join('')).digest('hex');
  const entries = Object.entries(query).map(([name, of]) => [name, of === HASH ? hash : valueOf(of)]);
  return Object.fromEntries(entries) as Record<string, string>;
};

/** Fetches the secrets that `auth` names, once. */
export const authorizerOf = async (auth: Auth, store: SecretStore): Promise<Authorizer> => {
  const known = new Map<string, string>();
  for (const name of namesIn(auth)) known.set(name, await store(name));
  const valueOf = (name: string): string => known.get(name) ?? '';
  return {
    secrets: [...known.values()],
    authorize: (request, nowMs) => {
      if (auth.kind === 'header')
        return withHeader(request, auth.name, `${auth.prefix}${valueOf(auth.secret)}`);
      if (auth.kind === 'query') return withQuery(request, { [auth.name]: valueOf(auth.secret) });
      if (auth.kind === 'basic') {
        const pair = Buffer.from(`${auth.user}:${valueOf(auth.secret)}`).toString('base64');
        return withHeader(request, 'authorization', `Basic ${pair}`);
      }
      if (auth.kind === 'none') return request;
      return withQuery(
        request,
        hashed(auth, (name) => (name === TIME ? String(nowMs) : valueOf(name))),
      );
    },
  };
};
