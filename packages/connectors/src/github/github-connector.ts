import { isUtf8 } from 'node:buffer';
import {
  documentKey,
  type Connector,
  type ConnectorDeps,
  type CrawlPage,
  type CrawlPoint,
  type Json,
} from '../connector.ts';
import { refusedBy } from '../http/responses.ts';
import { keepingSecrets } from '../http/secrets.ts';
import { rejected } from '../rejected.ts';
import { githubApi, type GithubApi, type TreeFile } from './github-api.ts';
import { githubSettings, type GithubSettings } from './github-settings.ts';

/** Greatest file; the API itself stops at 100 MB. */
const MAX_FILE_BYTES = 8 * 1024 * 1024;

interface State {
  etag: string;
}

interface Cursor {
  next: number;
}

/** What has to be fetched of one commit. */
interface Plan {
  commit: string;
  etag: string;
  files: TreeFile[];
  complete: boolean;
}

interface Crawl {
  api: GithubApi;
  settings: GithubSettings;
}

const isChosen = ({ path }: TreeFile, settings: GithubSettings): boolean =>
  path.startsWith(settings.path) &&
  settings.extensions.some((extension) => path.toLowerCase().endsWith(extension));

const finish = (page: CrawlPage, { next }: Cursor, plan: Plan): CrawlPage => {
  if (next < plan.files.length) return { ...page, cursor: { next } };
  return { ...page, end: { state: { etag: plan.etag }, complete: plan.complete } };
};

const listStep = async ({ base }: CrawlPoint, { api, settings }: Crawl): Promise<CrawlPage> => {
  const state = base.state as unknown as State | undefined;
  const head = await api.commit(state?.etag === '' ? undefined : state?.etag);
  // Nothing happened, so that everything is as it was known: not listed, and not deleted either.
  if (head === 'not-modified')
    return { records: [], seen: {}, end: { state: base.state ?? {}, complete: false } };
  const { files, truncated } = await api.tree(head.sha);
  const chosen = files.filter((file) => isChosen(file, settings));
  const keyed = chosen.map((file) => ({ file, key: documentKey(settings.entity, file.path) }));
  const same = keyed.filter(({ file, key }) => base.known[key] === file.sha);
  const changed = keyed.filter(({ file, key }) => base.known[key] !== file.sha).map(({ file }) => file);
  const plan = { commit: head.sha, etag: truncated ? '' : head.etag, files: changed, complete: !truncated };
  const page: CrawlPage = {
    records: truncated
      ? [
          rejected(
            settings.repository,
            'LISTING_TRUNCATED',
            'has too many files to be listed at once; set "path"',
          ),
        ]
      : [],
    seen: Object.fromEntries(same.map(({ file, key }) => [key, file.sha])),
  };
  return { ...finish(page, { next: 0 }, plan), plan: plan as unknown as Json };
};

const readFile = async (file: TreeFile, commit: string, { api, settings }: Crawl): Promise<CrawlPage> => {
  const { path, sha, size } = file;
  const key = documentKey(settings.entity, path);
  const refuse = (code: string, reason: string): CrawlPage => ({
    records: [rejected(path, code, reason)],
    seen: { [key]: sha },
  });
  if (size > MAX_FILE_BYTES)
    return refuse('DOCUMENT_TOO_LARGE', `has ${size} bytes, more than the ${MAX_FILE_BYTES} allowed`);
  const response = await api.content(path, commit);
  if (response.status === 404) return { records: [], seen: {} };
  if (response.status !== 200) throw refusedBy(response);
  if (!isUtf8(response.body)) return refuse('NOT_UTF8', 'is not UTF-8');
  const { repository, ref, webUrl, entity, attribution } = settings;
  const url = new URL(`${webUrl}/${repository}/blob/${ref}/${path}`).href;
  const body = new TextDecoder().decode(response.body);
  const attributes = { repository, ...(attribution === undefined ? {} : { attribution }) };
  return {
    records: [{ path, entity, entityId: path, mediaType: 'text/markdown', body, url, attributes }],
    seen: { [key]: sha },
  };
};

const fileStep = async ({ plan: given }: CrawlPoint, { next }: Cursor, crawl: Crawl): Promise<CrawlPage> => {
  const plan = given as unknown as Plan;
  const file = plan.files[next];
  const page = file === undefined ? { records: [], seen: {} } : await readFile(file, plan.commit, crawl);
  return finish(page, { next: next + 1 }, plan);
};

const open = async (settings: GithubSettings, { http, clock, secrets }: ConnectorDeps) => {
  const token = settings.token === undefined ? undefined : await secrets(settings.token);
  return { api: githubApi(settings, { http, clock, token }), known: token === undefined ? [] : [token] };
};

/** The Markdown of a repository at GitHub: one commit at a time, a file only when its content changed. */
export const githubConnector = (
  values: Readonly<Record<string, unknown>>,
  deps: ConnectorDeps,
): Connector => {
  const settings = githubSettings(values);
  let opened: ReturnType<typeof open> | undefined;
  return {
    name: 'github',
    step: async (point) => {
      opened ??= open(settings, deps);
      const { api, known } = await opened;
      const cursor = point.cursor as unknown as Cursor | undefined;
      const crawl = { api, settings };
      return keepingSecrets(known, () =>
        cursor === undefined ? listStep(point, crawl) : fileStep(point, cursor, crawl),
      );
    },
  };
};
