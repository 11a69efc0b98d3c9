import {
  listSetting,
  numberSetting,
  optionalTextSetting,
  settingInvalid,
  textSetting,
  urlSetting,
} from '../settings.ts';

/** What can be set of a GitHub source. */
export interface GithubSettings {
  /** `owner/name` */
  repository: string;
  /** Branch, tag or commit; the default branch when not given. */
  ref: string;
  /** Beginning of the paths that are read. */
  path: string;
  extensions: readonly string[];
  /** Name of the secret with a token; without one, public repositories at 60 requests an hour. */
  token: string | undefined;
  /** Of the REST API; another one for GitHub Enterprise. */
  baseUrl: string;
  /** Of the web pages, for links. */
  webUrl: string;
  entity: string;
  minIntervalMs: number;
  attribution: string | undefined;
}

const NAME = /^[\w.-]+\/[\w.-]+$/;

/** Reads the settings. @throws SOURCE_INVALID */
export const githubSettings = (values: Readonly<Record<string, unknown>>): GithubSettings => {
  const repository = textSetting(values, 'repository');
  if (!NAME.test(repository)) throw settingInvalid('repository', 'is not of the form owner/name');
  return {
    repository,
    ref: textSetting(values, 'ref', 'HEAD'),
    path: values['path'] === undefined ? '' : textSetting(values, 'path').replace(/^\/+/, ''),
    extensions: listSetting(values, 'extensions', ['.md', '.mdx', '.markdown']),
    token: optionalTextSetting(values, 'token'),
    baseUrl: urlSetting(values, 'baseUrl', 'https://api.github.com').replace(/\/+$/, ''),
    webUrl: urlSetting(values, 'webUrl', 'https://github.com').replace(/\/+$/, ''),
    entity: textSetting(values, 'entity', 'file'),
    minIntervalMs: numberSetting(values, 'minIntervalMs', { fallback: 0, min: 0, max: 60_000 }),
    attribution: optionalTextSetting(values, 'attribution'),
  };
};
