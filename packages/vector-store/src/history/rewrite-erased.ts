import type { DeltaDocument, Revision } from '../delta/delta.ts';
import { HISTORY_HORIZON_MS } from '../publish/applied-deltas.ts';
import { SEGMENT_BYTES } from '../publish/merge.ts';
import { SegmentWriter, type MergeResult } from '../publish/segment-writer.ts';
import { unpackOrdinals } from '../segment/dead-documents.ts';
import { chunkIdOf, SegmentContents } from '../segment/segment-contents.ts';
import { ordinalsOf, type DocumentRecord, type SegmentDescriptor } from '../segment/segment-format.ts';
import { countDocument, newTally, type Tally } from '../segment/verify-segment.ts';
import { parseIndexPath } from '../snapshot/index-paths.ts';
import { readImmutable } from '../store/immutable-objects.ts';
import type { Publisher } from '../publish/publish.ts';
import { erasedIn, type IsErased } from './find-erased.ts';
import type { Claimed } from './republish.ts';

/** Greater than every real one of the same fence and sequence, and says nothing of the content. */
const GREATEST_HASH = 'f'.repeat(64);

// So that no delta that is still on its way brings the document back. Its identity is all that is left.
const blankTombstone = (record: DocumentRecord, revision: Revision): DeltaDocument => ({
  documentId: record.documentId,
  entity: record.entity,
  entityId: record.entityId,
  source: record.source,
  title: '',
  attributes: {},
  revision: { ...revision, contentHash: GREATEST_HASH },
  deleted: true,
  chunks: [],
});

interface Rewrite {
  options: Publisher;
  isErased: IsErased;
  nowMs: number;
  writer: SegmentWriter;
  tally: Tally;
  tombstones: Map<string, DeltaDocument>;
}

const rewriteSegment = async (rewrite: Rewrite, descriptor: SegmentDescriptor): Promise<void> => {
  const { options, isErased, nowMs, writer, tally, tombstones } = rewrite;
  const { dims } = parseIndexPath(options.indexPath);
  const contents = new SegmentContents((await readImmutable(options.store, descriptor)).body, dims);
  const dead = new Set(unpackOrdinals(descriptor.dead?.ordinals ?? '', ordinalsOf(descriptor)));
  const erased = new Set<number>();
  for (const { ordinal, record } of erasedIn(contents, isErased)) {
    erased.add(ordinal);
    if (dead.has(ordinal)) continue;
    const chunkIds = contents.document(ordinal).rows.map((row) => chunkIdOf(row.record));
    countDocument(tally, record, { chunkIds, sign: -1 });
    tombstones.set(record.documentId, blankTombstone(record, record.revision));
  }
  await writer.copy(contents, (ordinal, record) => {
    if (dead.has(ordinal) || erased.has(ordinal)) return false;
    const isExpired = record.deleted && (record.deletedAtMs ?? 0) < nowMs - HISTORY_HORIZON_MS;
    if (isExpired) countDocument(tally, record, { chunkIds: [], sign: -1 });
    return !isExpired;
  });
};

/**
 * The snapshot without some documents: segments of `affected` are written anew without them and without their dead, and each document
 * that was living leaves a tombstone that holds its identity alone. Errors: those of the store, SEGMENT_CORRUPT.
 */
export const rewriteErased = async (
  options: Publisher,
  { claimed, old, publishId, nowMs }: Claimed,
  { affected, isErased }: { affected: ReadonlySet<string>; isErased: IsErased },
): Promise<MergeResult> => {
  const { store, indexPath, segmentBytes = SEGMENT_BYTES } = options;
  const { dims } = parseIndexPath(indexPath);
  const writer = new SegmentWriter({ store, indexPath, dims, segmentBytes, publishId });
  const tally = newTally(claimed.head.counts, claimed.head.setHash);
  const tombstones = new Map<string, DeltaDocument>();
  const segments = old.manifest?.index.segments ?? [];
  for (const descriptor of segments)
    if (affected.has(descriptor.key))
      await rewriteSegment({ options, isErased, nowMs, writer, tally, tombstones }, descriptor);
  for (const tombstone of tombstones.values()) {
    countDocument(tally, tombstone, { chunkIds: [], sign: 1 });
    await writer.addChange(tombstone, nowMs);
  }
  const staying = segments.filter(({ key }) => !affected.has(key));
  return writer.result(staying, tally);
};
