import type { DeltaDocument } from '../delta/delta.ts';
import { SegmentContents } from '../segment/segment-contents.ts';
import { ordinalsOf, type SegmentCounts, type SegmentDescriptor } from '../segment/segment-format.ts';
import { unpackOrdinals } from '../segment/dead-documents.ts';
import { countDocument, newTally, type Tally } from '../segment/verify-segment.ts';
import { readImmutable } from '../store/immutable-objects.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { adoptSegments, type ReadySegment } from './adopt.ts';
import { HISTORY_HORIZON_MS } from './applied-deltas.ts';
import { chooseMerge } from './choose-merge.ts';
import { SegmentWriter, type MergeResult, type SegmentTarget } from './segment-writer.ts';

/** Objects larger than this are begun anew. */
export const SEGMENT_BYTES = 150_000_000;

export interface MergeInput {
  store: ObjectStore;
  indexPath: string;
  dims: number;
  nowMs: number;
  /** What the old snapshot holds. */
  before: { segments: readonly SegmentDescriptor[]; counts: SegmentCounts; setHash: string };
  /** Standing states from the deltas, by documentId; those older than what is stored are taken out. */
  changes: Map<string, DeltaDocument>;
  publishId: string;
  segmentBytes?: number;
  /** Made before, of deltas that `changes` does not hold. */
  ready?: readonly ReadySegment[];
  /** Writes all segments anew as one, whatever their size. */
  mergesAll?: boolean;
}

// Enough to tell which tier the changes belong to.
const CHANGES = 'changes';
const changesAsSegment = (changes: ReadonlyMap<string, DeltaDocument>, dims: number): SegmentDescriptor => {
  let [chunks, textBytes] = [0, 0];
  for (const document of changes.values())
    for (const { text } of document.chunks) {
      chunks += 1;
      textBytes += text.length;
    }
  const sizeBytes = 500 * changes.size + chunks * (1.2 * dims + 150) + 1.5 * textBytes;
  const counts = { documents: changes.size, chunks, tombstones: 0 };
  return {
    ...counts,
    key: CHANGES,
    sizeBytes,
    sha256: '',
    terms: 0,
    planes: [],
    statistics: { complete: false },
  };
};

const copySegment = async (
  { store, dims, nowMs }: MergeInput,
  descriptor: SegmentDescriptor,
  { writer, tally }: { writer: SegmentWriter; tally: Tally },
): Promise<void> => {
  const contents = new SegmentContents((await readImmutable(store, descriptor)).body, dims);
  const dead = new Set(unpackOrdinals(descriptor.dead?.ordinals ?? '', ordinalsOf(descriptor)));
  await writer.copy(contents, (ordinal, record) => {
    if (dead.has(ordinal)) return false;
    const isExpired = record.deleted && (record.deletedAtMs ?? 0) < nowMs - HISTORY_HORIZON_MS;
    if (isExpired) countDocument(tally, record, { chunkIds: [], sign: -1 });
    return !isExpired;
  });
};

const writeChanges = async (
  { changes, nowMs }: MergeInput,
  writer: SegmentWriter,
  tally: Tally,
): Promise<void> => {
  // In an order of their own: the same content gives the same objects, however the deltas came.
  for (const id of [...changes.keys()].sort()) {
    const document = changes.get(id);
    if (!document) continue;
    const chunkIds = document.chunks.map(({ chunkId }) => chunkId);
    countDocument(tally, document, { chunkIds, sign: 1 });
    await writer.addChange(document, nowMs);
  }
};

/**
 * Old snapshot, changes and ready segments together: changes become a segment of their own, and segments that it is time to merge become one. What is
 * replaced in segments that stay is marked dead. Errors: those of the store, SEGMENT_CORRUPT.
 */
export const mergeSegments = async (input: MergeInput): Promise<MergeResult> => {
  const { store, dims, indexPath, before, changes, publishId } = input;
  const segmentBytes = input.segmentBytes ?? SEGMENT_BYTES;
  const target: SegmentTarget = { store, indexPath, dims, segmentBytes, publishId };
  const tally = newTally(before.counts, before.setHash);
  const meeting = { store, dims, before: before.segments, ready: input.ready ?? [] };
  const { marked, adopted } = await adoptSegments(meeting, changes, tally);
  const fresh = changesAsSegment(changes, dims);
  const present = [...marked, ...adopted];
  const chosen = input.mergesAll ? present : chooseMerge([...present, fresh], target.segmentBytes);
  const writer = new SegmentWriter(target);
  for (const descriptor of present)
    if (chosen.includes(descriptor)) await copySegment(input, descriptor, { writer, tally });
  if (!chosen.includes(fresh)) await writer.flush();
  await writeChanges(input, writer, tally);
  const staying = present.filter((descriptor) => !chosen.includes(descriptor));
  return writer.result(staying, tally);
};
