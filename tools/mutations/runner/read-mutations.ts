import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readPatchHeader } from './patch-header.ts';

/** The promises of contracts-test/, in the order in which a fault would travel. */
export const PROMISES = [
  'dialect',
  'examples',
  'generated',
  'compatibility',
  'producers',
  'consumers',
  'wiring',
  'pointers',
  'envelope',
  'size',
] as const;

export type Promised = (typeof PROMISES)[number];

/** A planted fault: a patch, and the test that must see it. */
export interface Mutation {
  /** `<nn>-<what is wrong>` */
  name: string;
  /** Absolute path of the patch. */
  path: string;
  promise: Promised;
  /** Folder or schema that the fault is in. */
  hits: string;
  /** What is wrong, in a sentence. */
  fault: string;
  /** Test files that run, relative to the root. */
  tests: string[];
  /** Part of the full title of a test that must fail. */
  fails: string;
  /** Pattern of the titles that run; all, when there is none. */
  filter?: string;
  /** True when the generator runs over the fault, so that stale files are not what is noticed. */
  regenerate: boolean;
}

const FOLDER = new URL('../', import.meta.url);
const FIELDS = new Set(['promise', 'hits', 'fault', 'tests', 'fails', 'filter', 'regenerate']);

const isPromise = (value: string): value is Promised => (PROMISES as readonly string[]).includes(value);

/** Reads one patch; throws when its name or its header is not as README.md asks for. */
export const parseMutation = (file: string, text: string): Mutation => {
  const { name, field, optional } = readPatchHeader(file, text, FIELDS);
  const promise = field('promise');
  if (!isPromise(promise)) throw new Error(`${file}: there is no promise "${promise}".`);
  const filter = optional('filter');
  return {
    name,
    path: fileURLToPath(new URL(file, FOLDER)),
    promise,
    hits: field('hits'),
    fault: field('fault'),
    tests: field('tests').split(/\s+/),
    fails: field('fails'),
    ...(filter === undefined ? {} : { filter }),
    regenerate: optional('regenerate') === 'true',
  };
};

/** Every planted fault, by number. */
export const readMutations = (): Mutation[] =>
  readdirSync(FOLDER)
    .filter((file) => file.endsWith('.patch'))
    .sort()
    .map((file) => parseMutation(file, readFileSync(new URL(file, FOLDER), 'utf8')));
