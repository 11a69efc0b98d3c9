import fc from 'fast-check';
import type { Delta, DeltaChunk, DeltaDocument } from '../src/delta/delta.ts';

export const MODEL = { id: 'tiny@0123456789ab', dims: 8 };
export const INDEX_PATH = `indexes/docs/model=${MODEL.id}/dims=${MODEL.dims}/`;

/** A unit vector that depends on the seed only. */
export const vectorOf = (seed: number, dims = MODEL.dims): Float32Array => {
  let state = (seed * 2654435761 + 12345) >>> 0;
  const vector = Float32Array.from({ length: dims }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  });
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
};

export const chunkOf = (documentId: string, ordinal: number, text: string, seed: number): DeltaChunk => ({
  chunkId: `${documentId}:${ordinal}:${seed}`,
  ordinal,
  text,
  start: ordinal * 100,
  end: ordinal * 100 + text.length,
  vector: vectorOf(seed),
});

/** A document whose content follows from its id and revision. */
export const documentOf = (
  id: number | string,
  {
    sequence = 1,
    fence = 1,
    deleted = false,
    chunks = 2,
    ...rest
  }: { sequence?: number; fence?: number; chunks?: number } & Partial<Omit<DeltaDocument, 'chunks'>> = {},
): DeltaDocument => {
  const documentId = `files/page#${id}`;
  return {
    documentId,
    entity: 'page',
    entityId: String(id),
    source: 'files',
    title: `Page ${id}`,
    attributes: {},
    revision: { fence, sequence, contentHash: `hash-${id}-${fence}-${sequence}-${deleted}` },
    deleted,
    chunks: deleted
      ? []
      : Array.from({ length: chunks }, (_, ordinal) =>
          chunkOf(
            documentId,
            ordinal,
            `river stone ${id} part ${ordinal} revision ${sequence}`,
            Number(id) * 1000 + fence * 100 + sequence * 10 + ordinal + 1,
          ),
        ),
    ...rest,
  };
};

export const deltaOf = (part: number, documents: DeltaDocument[], rest: Partial<Delta> = {}): Delta => ({
  deltaId: `delta-${rest.runId ?? 'run'}-${part}`,
  collection: 'docs',
  runId: 'run',
  attempt: 1,
  part,
  model: MODEL,
  documents,
  ...rest,
});

/** Documents of few ids and revisions, so that they meet. */
export const arbitraryDocument: fc.Arbitrary<DeltaDocument> = fc
  .record({
    id: fc.integer({ min: 0, max: 7 }),
    fence: fc.integer({ min: 1, max: 2 }),
    sequence: fc.integer({ min: 1, max: 4 }),
    deleted: fc.boolean(),
    chunks: fc.integer({ min: 0, max: 3 }),
  })
  // How many chunks a revision has must follow from the revision, as everything else.
  .map(({ id, fence, sequence, deleted }) =>
    documentOf(id, { fence, sequence, deleted, chunks: (id + sequence) % 4 }),
  );
