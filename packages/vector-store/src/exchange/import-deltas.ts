import { createHash } from 'node:crypto';
import { deltaIdOf } from '@alluvium/contracts';
import { bytesOf } from '../bytes/typed-bytes.ts';
import type { Delta, DeltaDocument } from '../delta/delta.ts';
import { assertVector } from '../delta/int8-rows.ts';

const CHUNKS_PER_DELTA = 2_000;

/** What the deltas of an import are made for. */
export interface ImportTarget {
  /** `<model>@<first 12 hex digits of its sha256>`: the model that made the vectors. */
  model: string;
  dims: number;
  collection: string;
  runId: string;
  /** A delta is closed before it has more chunks than this, but a document is never split. Default 2,000. */
  chunksPerDelta?: number;
}

// A document without chunks takes room, too.
const weightOf = ({ chunks }: DeltaDocument): number => Math.max(1, chunks.length);

const contentHashOf = (documents: readonly DeltaDocument[]): string => {
  const hash = createHash('sha256');
  for (const { chunks, ...document } of documents) {
    hash.update(JSON.stringify(document));
    for (const { vector, ...chunk } of chunks) hash.update(JSON.stringify(chunk)).update(bytesOf(vector));
  }
  return hash.digest('hex');
};

const deltaOf = (target: ImportTarget, part: number, documents: DeltaDocument[]): Delta => {
  const { model, dims, collection, runId } = target;
  const deltaId = deltaIdOf({ runId, part, contentHash: contentHashOf(documents) });
  return { deltaId, collection, runId, attempt: 1, part, model: { id: model, dims }, documents };
};

/**
 * Deltas to publish, of which one at a time is in memory; the same documents in the same order give the same ones again.
 * Error: VECTOR_INVALID for a vector that is zero, not finite or not of `dims`.
 */
export async function* importDeltas(
  documents: AsyncIterable<DeltaDocument>,
  target: ImportTarget,
): AsyncIterable<Delta> {
  const most = target.chunksPerDelta ?? CHUNKS_PER_DELTA;
  let part = 0;
  let batch: DeltaDocument[] = [];
  let weight = 0;
  for await (const document of documents) {
    for (const { vector } of document.chunks) assertVector(vector, target.dims);
    if (batch.length > 0 && weight + weightOf(document) > most) {
      yield deltaOf(target, part, batch);
      [part, batch, weight] = [part + 1, [], 0];
    }
    batch.push(document);
    weight += weightOf(document);
  }
  if (batch.length > 0) yield deltaOf(target, part, batch);
}
