import type { ConnectorClock } from '../connector.ts';
import type { HttpClient, HttpResponse } from '../http/http-client.ts';
import { politeClient, retryAfterHeader } from '../http/polite-client.ts';
import { answerInvalid, jsonOf, refusedBy } from '../http/responses.ts';
import type { GithubSettings } from './github-settings.ts';

/** A file of a commit; `sha` is that of its content. */
export interface TreeFile {
  path: string;
  sha: string;
  size: number;
}

/** The REST API, as far as it is read here. */
export interface GithubApi {
  /** The commit that the ref names, with the ETag of the answer; 'not-modified' when `etag` is still its own. */
  commit(etag?: string): Promise<{ sha: string; etag: string } | 'not-modified'>;
  tree(commit: string): Promise<{ files: TreeFile[]; truncated: boolean }>;
  /** The answer with a file's bytes, of any status. */
  content(path: string, commit: string): Promise<HttpResponse>;
}

const VERSION = '2022-11-28';
const SHA = /^[0-9a-f]{40,64}$/;

const isExhausted = ({ headers }: HttpResponse): boolean => headers['x-ratelimit-remaining'] === '0';

// Both limits answer 403 or 429: the hourly one with the time of its reset, the secondary one with Retry-After.
const isLimited = (response: HttpResponse): boolean => {
  const { status, headers } = response;
  if (status === 429 || status === 503) return true;
  return status === 403 && (isExhausted(response) || headers['retry-after'] !== undefined);
};

const retryAfterMs = (response: HttpResponse, nowMs: number): number | undefined => {
  const told = retryAfterHeader(response, nowMs);
  if (told !== undefined || !isLimited(response) || !isExhausted(response)) return told;
  const resetMs = Number(response.headers['x-ratelimit-reset']) * 1000;
  return Number.isNaN(resetMs) ? undefined : Math.max(0, resetMs - nowMs);
};

const filesOf = (value: unknown, url: string): { files: TreeFile[]; truncated: boolean } => {
  const { tree, truncated } = value as { tree?: unknown; truncated?: unknown };
  if (!Array.isArray(tree)) throw answerInvalid(url, 'answered with something else than a tree');
  const blobs = (tree as { path?: unknown; sha?: unknown; size?: unknown; type?: unknown }[]).filter(
    ({ type }) => type === 'blob',
  );
  const files = blobs.flatMap(({ path, sha, size }) =>
    typeof path === 'string' && typeof sha === 'string' ? [{ path, sha, size: Number(size ?? 0) }] : [],
  );
  return { files, truncated: truncated === true };
};

const encodePath = (path: string): string => path.split('/').map(encodeURIComponent).join('/');

/** The API of a repository; `token` is the secret itself. */
export const githubApi = (
  { baseUrl, repository, ref, minIntervalMs }: GithubSettings,
  { http, clock, token }: { http: HttpClient; clock: ConnectorClock; token: string | undefined },
): GithubApi => {
  const client = politeClient(http, clock, { minIntervalMs, isLimited, retryAfterMs });
  const ask = (path: string, accept: string, headers: Record<string, string> = {}): Promise<HttpResponse> =>
    client.fetch({
      url: `${baseUrl}/repos/${repository}/${path}`,
      headers: {
        ...{ accept, 'x-github-api-version': VERSION },
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...headers,
      },
    });
  return {
    commit: async (etag) => {
      const headers = etag === undefined ? {} : { 'if-none-match': etag };
      const response = await ask(`commits/${encodeURIComponent(ref)}`, 'application/vnd.github.sha', headers);
      if (response.status === 304) return 'not-modified';
      if (response.status !== 200)
        throw refusedBy(response, `is ${repository} at ${ref} readable with this token?`);
      const sha = new TextDecoder().decode(response.body).trim();
      if (!SHA.test(sha)) throw answerInvalid(response.url, 'answered with something else than a commit');
      return { sha, etag: response.headers['etag'] ?? '' };
    },
    tree: async (commit) => {
      const response = await ask(`git/trees/${commit}?recursive=1`, 'application/vnd.github+json');
      if (response.status !== 200) throw refusedBy(response);
      return filesOf(jsonOf(response), response.url);
    },
    content: (path, commit) =>
      ask(`contents/${encodePath(path)}?ref=${commit}`, 'application/vnd.github.raw+json'),
  };
};
