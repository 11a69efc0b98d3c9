import { PipelineError } from '@alluvium/contracts';
import type { ModelSource } from './model-source.ts';

/** The hub of Hugging Face. */
export const HUGGING_FACE = 'https://huggingface.co';

/** A repository of a hub that answers `<base>/<id>/resolve/<revision>/<path>`. */
export interface HubSourceOptions {
  /** `https://huggingface.co` by default; a mirror, say. */
  hub?: string;
  /** `<owner>/<name>`. */
  id: string;
  /** A commit, or a name such as `main`, which is resolved to the commit it stands for. */
  revision?: string;
  fetch?: typeof globalThis.fetch;
}

const MAX_REDIRECTS = 5;
const COMMIT = /^[0-9a-f]{40}$/;
const REPOSITORY = /^[A-Za-z0-9][\w.-]*\/[A-Za-z0-9][\w.-]*$/;

const failed = (message: string, details: Record<string, unknown>, cause?: unknown) =>
  new PipelineError(message, { code: 'MODEL_DOWNLOAD_FAILED', kind: 'unavailable', details, cause });

const invalid = (message: string, details: Record<string, unknown>) =>
  new PipelineError(message, { code: 'MODEL_INVALID', kind: 'invalid', details });

type Fetch = typeof globalThis.fetch;

const request = async (fetch: Fetch, url: URL): Promise<Response> => {
  try {
    return await fetch(url, { redirect: 'manual' });
  } catch (cause) {
    const reason = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
    throw failed(`${url.href} cannot be reached: ${String(reason)}`, { url: url.href }, cause);
  }
};

const isMissing = (status: number) => status === 404;

/** Follows redirects, as hubs send large files to another host; the first answer names the commit. */
const follow = async (
  fetch: Fetch,
  start: URL,
): Promise<{ response: Response; commit: string | undefined }> => {
  let url = start;
  let commit: string | undefined;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const response = await request(fetch, url);
    commit ??= response.headers.get('x-repo-commit') ?? undefined;
    const location = response.headers.get('location');
    if (response.status < 300 || response.status > 399 || location === null) return { response, commit };
    await response.body?.cancel();
    const next = new URL(location, url);
    // What was asked for in secret is not fetched in the open.
    if (url.protocol === 'https:' && next.protocol !== 'https:')
      throw failed(`${url.href} redirects to ${next.href}, which is not encrypted`, { url: start.href });
    url = next;
  }
  throw failed(`${start.href} redirects more than ${MAX_REDIRECTS} times`, { url: start.href });
};

const lengthOf = (response: Response): number | undefined => {
  const length = response.headers.get('content-length');
  return length === null ? undefined : Number(length);
};

async function* bodyOf(response: Response, url: URL, maxBytes: number): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  try {
    for await (const chunk of response.body ?? []) {
      const part = chunk as Uint8Array;
      bytes += part.byteLength;
      if (bytes > maxBytes) throw invalid(`${url.href} is longer than ${maxBytes} bytes`, { url: url.href });
      yield part;
    }
  } catch (cause) {
    if (cause instanceof Error && cause.name === 'PipelineError') throw cause;
    throw failed(`${url.href} broke off after ${bytes} bytes`, { url: url.href, bytes }, cause);
  }
}

const get = async (fetch: Fetch, url: URL, maxBytes: number) => {
  const { response, commit } = await follow(fetch, url);
  if (!response.ok) {
    await response.body?.cancel();
    if (isMissing(response.status)) return { commit, file: undefined };
    const hint =
      response.status === 401 || response.status === 403 ? ' (private, or no such repository)' : '';
    throw failed(`${url.href} answers ${response.status}${hint}`, { url: url.href, status: response.status });
  }
  const bytes = lengthOf(response);
  if (bytes !== undefined && bytes > maxBytes) {
    await response.body?.cancel();
    throw invalid(`${url.href} has ${bytes} bytes, more than ${maxBytes}`, {
      url: url.href,
      bytes,
      maxBytes,
    });
  }
  return { commit, file: { body: bodyOf(response, url, maxBytes), bytes } };
};

const urlOf = (hub: string, id: string, revision: string, path: string): URL =>
  new URL(`${hub.replace(/\/+$/, '')}/${id}/resolve/${encodeURIComponent(revision)}/${path}`);

const CONFIG_BYTES = 1_000_000;

const pin = async (fetch: Fetch, hub: string, id: string, revision: string): Promise<string> => {
  const url = urlOf(hub, id, revision, 'config.json');
  const { commit, file } = await get(fetch, url, CONFIG_BYTES);
  if (file !== undefined) for await (const _ of file.body) continue;
  else throw failed(`${url.href} is not there`, { url: url.href, status: 404 });
  if (commit !== undefined && COMMIT.test(commit)) return commit;
  throw failed(
    `${hub} does not say which commit ${revision} of ${id} is: name one of 40 hexadecimal digits as the revision`,
    { id, revision, commit: commit ?? null },
  );
};

/**
 * A model of a hub, all of it read at one commit.
 * @throws PipelineError MODEL_DOWNLOAD_FAILED when the hub cannot be reached or does not have it, MODEL_INVALID for an
 * id that is none.
 */
export const hubSource = async ({
  hub = HUGGING_FACE,
  id,
  revision = 'main',
  fetch = globalThis.fetch,
}: HubSourceOptions): Promise<ModelSource> => {
  if (!REPOSITORY.test(id)) throw invalid(`"${id}" is no repository: write <owner>/<name>`, { id });
  const commit = COMMIT.test(revision) ? revision : await pin(fetch, hub, id, revision);
  return {
    name: id,
    revision: commit,
    read: async (path, maxBytes) => (await get(fetch, urlOf(hub, id, commit, path), maxBytes)).file,
  };
};
