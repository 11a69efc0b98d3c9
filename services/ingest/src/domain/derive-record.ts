import {
  filterable,
  JSON_RECORD,
  MARVEL_RECORD,
  mapMarvelEntity,
  parseJsonRecord,
  publicUrl,
  type CanonicalRecord,
} from '@alluvium/connectors';
import {
  canonicalJson,
  documentIdOf,
  isPipelineError,
  sha256Hex,
  type DerivedDocumentV1,
  type RawRecordV1,
  type RejectV1,
} from '@alluvium/contracts';
import { htmlToText, markdownToText, type Heading } from '@alluvium/text';

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

type Content = Omit<CanonicalRecord, 'attributes'> & {
  attributes?: CanonicalRecord['attributes'];
  headings?: Heading[];
};

const readContent = ({ mediaType, body = '' }: RawRecordV1): Content => {
  if (mediaType === JSON_RECORD) return parseJsonRecord(body);
  if (mediaType === MARVEL_RECORD) return mapMarvelEntity(body);
  if (mediaType === 'text/markdown') return markdownToText(body);
  if (mediaType === 'text/html') return htmlToText(body);
  return { text: body };
};

const idsOf = (record: RawRecordV1, content: Pick<Content, 'id' | 'entity'>) => ({
  entity: content.entity ?? record.entity ?? DEFAULT_ENTITY,
  entityId: content.id ?? record.entityId ?? record.path,
});

const titleOf = (record: RawRecordV1, { id, title }: Content): string =>
  (record.title ?? title ?? id ?? fileName(record.path)).slice(0, MAX_TITLE_LENGTH).toWellFormed();

const describe = (record: RawRecordV1, content: Content) => {
  const url = publicUrl(content.url ?? record.url);
  const modified = content.modified ?? record.modified;
  return {
    ...idsOf(record, content),
    title: titleOf(record, content),
    ...(url === undefined ? {} : { url }),
    ...(modified === undefined ? {} : { modified }),
    attributes: { ...filterable(record.attributes ?? {}), ...content.attributes },
    text: content.text.toWellFormed(),
    ...(content.headings === undefined || content.headings.length === 0
      ? {}
      : { headings: content.headings }),
    ...(content.edges === undefined ? {} : { edges: content.edges }),
  };
};

/** A document that takes away what the index holds. */
const deletionOf = (record: RawRecordV1, { source, fence }: RecordContext): DerivedDocumentV1 => {
  const ids = idsOf(record, {});
  const contentHash = sha256Hex(canonicalJson({ deleted: true }));
  return {
    documentId: documentIdOf(source, ids.entity, ids.entityId),
    ...{ source, ...ids, title: '', attributes: {}, text: '' },
    revision: { fence, sequence: record.sequence, contentHash },
    deleted: true,
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
  if (record.deleted === true) return { document: deletionOf(record, context) };
  try {
    const content = readContent(record);
    if (content.text.trim() === '') return { reject: rejectOf(path, 'EMPTY', 'has no text') };
    return { document: documentOf(record, content, context) };
  } catch (error) {
    if (!isPipelineError(error)) throw error;
    return { reject: rejectOf(path, error.code, error.message) };
  }
};
