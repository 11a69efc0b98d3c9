import { compareRevisions, type Revision } from '../delta/delta.ts';
import { SegmentContents } from '../segment/segment-contents.ts';
import type { DocumentRecord } from '../segment/segment-format.ts';
import { parseIndexPath } from '../snapshot/index-paths.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { readObject } from '../store/object-store.ts';

/** Where documents that are to be erased were found. */
export interface Finding {
  /** Segments that hold something of them, dead or alive, and their sizes. */
  segments: Map<string, number>;
  examined: { objects: number; bytes: number };
  records: number;
  /** Records that hold something of them. */
  found: number;
  /** Greatest revision of each that was met. */
  revisions: Map<string, Revision>;
}

/** What tells that a document is to be erased. */
export type IsErased = (record: DocumentRecord) => boolean;

/** A tombstone of an erased document: its identity and nothing else. */
export const isBlank = (record: DocumentRecord, chunks: number): boolean =>
  record.deleted &&
  chunks === 0 &&
  record.title === '' &&
  record.url === undefined &&
  Object.keys(record.attributes).length === 0;

/** Ids of the documents of a segment that are to go; a record with nothing but an identity is none. */
export const erasedIn = (
  contents: SegmentContents,
  isErased: IsErased,
): { ordinal: number; record: DocumentRecord; chunks: number }[] =>
  Array.from({ length: contents.documents }, (_, ordinal) => {
    const { record, rows } = contents.document(ordinal);
    return { ordinal, record, chunks: rows.length };
  }).filter(({ record, chunks }) => isErased(record) && !isBlank(record, chunks));

/**
 * Reads every segment that lies under an index, those that no version names among them, and checks every byte. One that cannot be read
 * may hold anything: it is an error. Errors: SEGMENT_CORRUPT, STORE_UNAVAILABLE.
 */
export const findErased = async (
  store: ObjectStore,
  { indexPath, dims }: { indexPath: string; dims: number },
  isErased: IsErased,
): Promise<Finding> => {
  const finding: Finding = {
    segments: new Map(),
    examined: { objects: 0, bytes: 0 },
    records: 0,
    found: 0,
    revisions: new Map(),
  };
  for await (const { key, sizeBytes } of store.list(`${indexPath}segments/`)) {
    const object = await readObject(store, key);
    if (!object) continue;
    finding.examined.objects += 1;
    finding.examined.bytes += sizeBytes;
    const contents = new SegmentContents(object.body, dims);
    finding.records += contents.documents;
    for (const { record } of erasedIn(contents, isErased)) {
      finding.found += 1;
      finding.segments.set(key, sizeBytes);
      const { documentId, revision } = record;
      const known = finding.revisions.get(documentId);
      if (!known || compareRevisions(known, revision) < 0) finding.revisions.set(documentId, revision);
    }
  }
  return finding;
};

/**
 * Ids of the documents for which `matches` holds in any segment that lies under an index, dead or alive. Errors: SEGMENT_CORRUPT,
 * STORE_UNAVAILABLE.
 */
export const documentsMatching = async (
  store: ObjectStore,
  indexPath: string,
  matches: (document: Pick<DocumentRecord, 'source' | 'entity' | 'attributes'>) => boolean,
): Promise<string[]> => {
  const { dims } = parseIndexPath(indexPath);
  const { revisions } = await findErased(store, { indexPath, dims }, matches);
  return [...revisions.keys()].sort();
};
