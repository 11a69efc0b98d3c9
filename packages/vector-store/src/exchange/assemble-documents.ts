import { createHash } from 'node:crypto';
import { documentIdOf } from '@alluvium/contracts';
import { bytesOf } from '../bytes/typed-bytes.ts';
import type { DeltaChunk, DeltaDocument, Revision } from '../delta/delta.ts';
import { notImportable } from './exchange-error.ts';
import { readRecord, type ForeignRecord, type ReadRecord } from './read-record.ts';

/** What an import says where a file says nothing. */
export interface ImportOptions {
  /** Of every vector; those of the first one when absent. */
  dims?: number;
  /** Default `import`. */
  source?: string;
  /** Default `document`. */
  entity?: string;
  /** Orders this import among other revisions of the same documents; default 1, 0: the oldest that there is. */
  revision?: Pick<Revision, 'fence' | 'sequence'>;
  /** Keeps all vectors as they are given, at five times the size; else only those that say so of themselves. */
  keepFloats?: boolean;
}

const nameOf = ({ id, meta }: ReadRecord): string => meta.documentId ?? id;

const stateOf = (record: ReadRecord): string => {
  const { documentId, revision, deleted = false } = record.meta;
  const { fence, sequence, contentHash } = revision ?? {};
  return JSON.stringify([documentId === undefined, nameOf(record), fence, sequence, contentHash, deleted]);
};

const chunkOf = (
  record: ReadRecord & { vector: Float32Array },
  position: number,
  { keepFloats }: ImportOptions,
): DeltaChunk => {
  const { id: chunkId, vector, meta } = record;
  const { ordinal = position, text = '', start = 0 } = meta;
  const chunk = { chunkId, ordinal, text, start, end: meta.end ?? start + text.length, vector };
  return keepFloats === true || meta.keepsFloats === true ? { ...chunk, keepsFloats: true } : chunk;
};

const hasVector = (record: ReadRecord): record is ReadRecord & { vector: Float32Array } =>
  record.vector !== null;

const hashOf = (title: string, chunks: readonly DeltaChunk[]): string => {
  const hash = createHash('sha256').update(JSON.stringify(title));
  for (const { chunkId, text, vector } of chunks)
    hash.update(JSON.stringify([chunkId, text])).update(bytesOf(vector));
  return hash.digest('hex');
};

// What a file may leave out.
const defaultsOf = (record: ReadRecord, options: ImportOptions) => {
  const { source = options.source ?? 'import', entity = options.entity ?? 'document' } = record.meta;
  const { entityId = nameOf(record) } = record.meta;
  const documentId = documentIdOf(source, entity, entityId);
  return { documentId, entity, entityId, source, title: entityId, deleted: false };
};

// Of what a record says, that which is true of its whole document.
const documentMetaOf = ({ meta }: ReadRecord) => {
  const { ordinal: _ordinal, start: _start, end: _end, text: _text, keepsFloats: _floats, ...shared } = meta;
  return shared;
};

const documentOf = (records: readonly ReadRecord[], options: ImportOptions): DeltaDocument => {
  const first = records[0] as ReadRecord;
  const { revision, ...meta } = documentMetaOf(first);
  const document = { ...defaultsOf(first, options), ...meta };
  const chunks = records.filter(hasVector).map((record, position) => chunkOf(record, position, options));
  const { fence, sequence } = options.revision ?? { fence: 1, sequence: 0 };
  return {
    ...document,
    revision: revision ?? { fence, sequence, contentHash: hashOf(document.title, chunks) },
    chunks,
  };
};

// Two groups of one state would be taken for the same document twice, and one of them dropped.
class SeenStates {
  readonly #digests = new Set<string>();

  add(record: ReadRecord): void {
    // 96 bits: half the memory of the ids themselves, and no two are ever the same by chance.
    const digest = createHash('sha256').update(stateOf(record)).digest('base64').slice(0, 16);
    if (this.#digests.has(digest))
      throw notImportable(
        record.place,
        `the records of document ${nameOf(record)} must lie side by side, and others came between`,
      );
    this.#digests.add(digest);
  }
}

/**
 * Documents out of records in which the chunks of a document lie side by side. Foreign records need an id and a vector only: the id
 * names document and chunk then, and unknown fields of meta are attributes. Memory: one document, and about 60 bytes for each one before.
 * Error: IMPORT_INVALID.
 */
export async function* assembleDocuments(
  records: AsyncIterable<ForeignRecord>,
  options: ImportOptions = {},
): AsyncIterable<DeltaDocument> {
  const seen = new SeenStates();
  let { dims } = options;
  let group: ReadRecord[] = [];
  let state = '';
  for await (const foreign of records) {
    const record = readRecord(foreign, dims);
    dims ??= record.vector?.length;
    const next = stateOf(record);
    const joins = group.length > 0 && next === state && record.vector !== null;
    if (!joins) {
      if (group.length > 0) yield documentOf(group, options);
      seen.add(record);
      group = [];
      state = next;
    }
    group.push(record);
  }
  if (group.length > 0) yield documentOf(group, options);
}
