import { readFile } from 'node:fs/promises';
import type { SourceRequestV1 } from '@alluvium/contracts';
import { CliError, exitCodes } from '../cli-error.ts';

/** What is said of a new source on the command line. */
export interface AddOptions {
  connector?: string;
  option: string[];
  file?: string;
  schedule?: string;
  allowHost: string[];
  paused?: boolean;
}

type Fields = Record<string, unknown>;

const usage = (message: string, next?: string): CliError => new CliError(message, exitCodes.usage, next);

/** Settings that take a secret take its name: what looks like one of the usual tokens does not belong into a document. */
const TOKEN = /^(?:gh[pousr]_|github_pat_|sk-|xox[abp]-|AKIA)\w{8,}/;

const assertNoToken = (name: string, value: unknown): void => {
  if (typeof value !== 'string' || !TOKEN.test(value)) return;
  throw usage(
    `--option ${name} looks like a secret itself.`,
    'Name a secret instead, as docs/sources.md says: alluvium/<stage>/<name> of Secrets Manager, or ALLUVIUM_SECRET_<NAME>.',
  );
};

// What reads as JSON is JSON: numbers, true, lists. Everything else is text.
const valueOf = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
};

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const put = (fields: Fields, [first = '', ...rest]: string[], value: unknown): void => {
  // A name that changes what every object is, is nobody's setting.
  if (first === '' || first === '__proto__') throw usage(`"${first}" is not the name of a setting.`);
  if (rest.length === 0) {
    fields[first] = value;
    return;
  }
  const inner = fields[first] ?? {};
  if (!isFields(inner)) throw usage(`--option ${first} is given both as a value and with settings inside.`);
  fields[first] = inner;
  put(inner, rest, value);
};

/** `name=value`, or `outer.inner=value`, as the settings of a connector. Error: usage. */
export const settingsOf = (options: readonly string[]): Fields => {
  const settings: Fields = {};
  for (const option of options) {
    const at = option.indexOf('=');
    if (at < 1) throw usage(`--option ${option} is not of the form name=value.`);
    const [name, value] = [option.slice(0, at), valueOf(option.slice(at + 1))];
    assertNoToken(name, value);
    put(settings, name.split('.'), value);
  }
  return settings;
};

const readFields = async (file: string): Promise<Fields> => {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new CliError(`${file} cannot be read.`, exitCodes.notFound);
  });
  const value = valueOf(text);
  if (isFields(value)) return value;
  throw usage(`${file} is not a JSON object.`);
};

/** The request for a source: the file's, changed by what the options say. Error: usage, when no connector is named. */
export const sourceRequestOf = async (options: AddOptions): Promise<SourceRequestV1> => {
  // The place is that of the command; a file that was made for the bucket has it too.
  const {
    collection: _collection,
    name: _name,
    ...told
  } = options.file ? await readFields(options.file) : {};
  const connector = options.connector ?? told['connector'];
  if (typeof connector !== 'string')
    throw usage(
      'No connector is named.',
      'Name one: --connector files, sitemap, feed, github, http-json or marvel',
    );
  const inFile = isFields(told['settings']) ? told['settings'] : {};
  return {
    ...told,
    connector,
    // Whatever they are: their connector judges them.
    settings: { ...inFile, ...settingsOf(options.option) } as SourceRequestV1['settings'],
    ...(options.schedule !== undefined && { schedule: options.schedule }),
    ...(options.allowHost.length > 0 && { allowedHosts: options.allowHost }),
    ...(options.paused === true && { paused: true }),
  };
};
