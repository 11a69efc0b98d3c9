import {
  canonicalJson,
  documentIdOf,
  isPipelineError,
  sha256Hex,
  type DerivedDocumentV1,
  type RawRecordV1,
  type RejectV1,
} from '@alluvium/contracts';
import { htmlToText, markdownToText } from '@alluvium/text';
import { filterable } from './attributes.ts';
import { parseJsonRecord, type JsonRecord } from './json-record.ts';
import { JSON_RECORD } from './media-type.ts';
import { publicUrl } from './public-url.ts';

const DEFAULT_ENTITY = 'document';
const MAX_TITLE_LENGTH = 500;

/** The run that a record belongs to. */
export interface RecordContext {
  source: string;
  fence: number;
}

/** What became of a raw record. */
export type Derivation = { document: DerivedDocumentV1 } | { reject: RejectV1 };

/** A reject whose message goes on from the path. */
export const rejectOf = (path: string, code: string, reason: string): RejectV1 => ({
  path,
  error: { code, message: `${path} ${reason}`.slice(0, 2000) },
});

const fileName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

type Content = Omit<JsonRecord, 'attributes'> & { attributes?: JsonRecord['attributes'] };

const readContent = ({ mediaType, body = '' }: RawRecordV1): Content => {
  if (mediaType === JSON_RECORD) return parseJsonRecord(body);
  if (mediaType === 'text/markdown') return markdownToText(body);
  if (mediaType === 'text/html') return htmlToText(body);
  return { text: body };
};

const describe = (record: RawRecordV1, content: Content) => {
  const entityId = content.id ?? record.path;
  const title =
    record.title ?? content.title ?? (content.id === undefined ? fileName(record.path) : content.id);
  const url = publicUrl(content.url ?? record.url);
  return {
    entity: content.entity ?? DEFAULT_ENTITY,
    entityId,
    title: title.slice(0, MAX_TITLE_LENGTH).toWellFormed(),
    ...(url === undefined ? {} : { url }),
    ...(content.modified === undefined ? {} : { modified: content.modified }),
    attributes: { ...filterable(record.attributes ?? {}), ...content.attributes },
    text: content.text.toWellFormed(),
  };
};

const documentOf = (
  record: RawRecordV1,
  content: Content,
  { source, fence }: RecordContext,
): DerivedDocumentV1 => {
  const described = describe(record, content);
  const { entity, entityId, ...hashed } = described;
  const contentHash = sha256Hex(canonicalJson(hashed));
  return {
    documentId: documentIdOf(source, entity, entityId),
    source,
    ...described,
    revision: { fence, sequence: record.sequence, contentHash },
    deleted: false,
  };
};

/** The canonical document of a raw record, or the reason why there is none. */
export const deriveRecord = (record: RawRecordV1, context: RecordContext): Derivation => {
  const { path, rejected } = record;
  if (rejected !== undefined) return { reject: { path, error: rejected } };
  try {
    const content = readContent(record);
    if (content.text.trim() === '') return { reject: rejectOf(path, 'EMPTY', 'has no text') };
    return { document: documentOf(record, content, context) };
  } catch (error) {
    if (!isPipelineError(error)) throw error;
    return { reject: rejectOf(path, error.code, error.message) };
  }
};
