import { isPipelineError } from '@alluvium/contracts';
import {
  documentKey,
  type Connector,
  type ConnectorDeps,
  type CrawlPage,
  type CrawlPoint,
  type Json,
  type SourceRecord,
} from '../connector.ts';
import { rejected } from '../rejected.ts';
import { numberSetting, optionalTextSetting, settingInvalid, textSetting } from '../settings.ts';
import { maxBytesOf, recordsOfFile, tooLarge } from './file-records.ts';
import type { FileStore, StoredFile } from './file-store.ts';
import { parseJsonRecord } from './json-record.ts';
import { JSON_RECORD } from './media-type.ts';

/** Records of one step; a longer file takes several. */
const RECORDS_A_STEP = 1000;

interface Settings {
  folder: string;
  entity: string;
  maxFileBytes: number;
  attribution: string | undefined;
}

/** The file that is read next, and the place behind which it is read. */
interface Cursor {
  next: number;
  after: number;
}

const settingsOf = (values: Readonly<Record<string, unknown>>): Settings => {
  const folder = textSetting(values, 'folder').replace(/^\/+|\/+$/g, '');
  if (folder.split('/').some((part) => ['', '.', '..'].includes(part)))
    throw settingInvalid('folder', 'is no plain path');
  return {
    folder,
    entity: textSetting(values, 'entity', 'document'),
    maxFileBytes: numberSetting(values, 'maxFileBytes', { fallback: 64 * 1024 * 1024, min: 1, max: 2 ** 30 }),
    attribution: optionalTextSetting(values, 'attribution'),
  };
};

/** `etag|path`: one file may have many documents, and they change together. */
const validatorOf = ({ etag, path }: StoredFile): string => `${etag}|${path}`;

const keysByValidator = (known: Readonly<Record<string, string>>): Map<string, string[]> => {
  const keys = new Map<string, string[]>();
  for (const [key, validator] of Object.entries(known))
    keys.set(validator, [...(keys.get(validator) ?? []), key]);
  return keys;
};

const finish = (page: CrawlPage, cursor: Cursor, count: number): CrawlPage =>
  cursor.next < count
    ? { ...page, cursor: cursor as unknown as Json }
    : { ...page, end: { state: {}, complete: true } };

const listStep = async ({ base }: CrawlPoint, settings: Settings, files: FileStore): Promise<CrawlPage> => {
  const keys = keysByValidator(base.known);
  const seen: Record<string, string> = {};
  const changed: StoredFile[] = [];
  for (const file of await files.list(settings.folder)) {
    const validator = validatorOf(file);
    const known = keys.get(validator);
    if (known === undefined) changed.push(file);
    else for (const key of known) seen[key] = validator;
  }
  const plan = { files: changed } as unknown as Json;
  return finish({ records: [], seen, plan }, { next: 0, after: 0 }, changed.length);
};

const idsOf = (
  { mediaType, body = '', path }: SourceRecord,
  entity: string,
): { entity: string; entityId: string } => {
  if (mediaType !== JSON_RECORD) return { entity, entityId: path };
  try {
    const parsed = parseJsonRecord(body);
    return { entity: parsed.entity ?? entity, entityId: parsed.id ?? path };
  } catch (error) {
    // It is refused, with the reason, where documents are made of records.
    if (isPipelineError(error)) return { entity, entityId: path };
    throw error;
  }
};

const addTo = (page: CrawlPage, record: SourceRecord, file: StoredFile, settings: Settings): void => {
  if (record.rejected !== undefined) {
    page.records.push(record);
    return;
  }
  const ids = idsOf(record, settings.entity);
  const { attribution } = settings;
  const attributes = attribution === undefined ? {} : { attributes: { ...record.attributes, attribution } };
  page.records.push({ ...record, ...ids, ...attributes });
  page.seen[documentKey(ids.entity, ids.entityId)] = validatorOf(file);
};

const isTooLarge = ({ path, sizeBytes }: StoredFile, { maxFileBytes }: Settings): boolean =>
  sizeBytes > Math.min(maxFileBytes, maxBytesOf(path));

/** What is known of a file that nobody could read stays, without a validator: the next crawl reads it. */
const knownOf = ({ path }: StoredFile, known: CrawlPoint['base']['known']): Record<string, string> =>
  Object.fromEntries(
    Object.entries(known).flatMap(([key, validator]) =>
      validator.endsWith(`|${path}`) ? [[key, `|${path}`]] : [],
    ),
  );

interface Tools {
  settings: Settings;
  files: FileStore;
  known: CrawlPoint['base']['known'];
}

const readFile = async (file: StoredFile, cursor: Cursor, { settings, files, known }: Tools) => {
  const page: CrawlPage = { records: [], seen: {} };
  const done = { next: cursor.next + 1, after: 0 };
  const { path, sizeBytes } = file;
  if (isTooLarge(file, settings)) {
    page.records.push(tooLarge(path, 'DOCUMENT_TOO_LARGE', sizeBytes));
    return { page, cursor: done };
  }
  const chunks = await files.read(settings.folder, file);
  if (chunks === undefined) {
    page.records.push(rejected(path, 'FILE_CHANGED', 'was taken away or replaced while the folder was read'));
    return { page: { ...page, seen: knownOf(file, known) }, cursor: done };
  }
  for await (const { record, line } of recordsOfFile({ path }, chunks, cursor.after)) {
    addTo(page, record, file, settings);
    if (line !== undefined && page.records.length >= RECORDS_A_STEP)
      return { page, cursor: { next: cursor.next, after: line } };
  }
  return { page, cursor: done };
};

/** Files in a folder: Markdown, HTML, DOCX, PDF, text, JSON, JSONL and CSV. A file that changed is read anew, as a whole. */
export const filesConnector = (
  values: Readonly<Record<string, unknown>>,
  { files }: ConnectorDeps,
): Connector => {
  const settings = settingsOf(values);
  return {
    name: 'files',
    step: async (point) => {
      const cursor = point.cursor as unknown as Cursor | undefined;
      if (cursor === undefined) return listStep(point, settings, files);
      const { files: changed } = point.plan as unknown as { files: StoredFile[] };
      const file = changed[cursor.next];
      if (file === undefined) return finish({ records: [], seen: {} }, cursor, changed.length);
      const read = await readFile(file, cursor, { settings, files, known: point.base.known });
      return finish(read.page, read.cursor, changed.length);
    },
  };
};
