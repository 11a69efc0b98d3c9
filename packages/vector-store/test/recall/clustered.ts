import type { Delta, DeltaDocument } from '../../src/index.ts';
import { randomOf } from '../fuzz/random.ts';

export const CLUSTERED_DIMS = 32;
const MODEL = { id: 'tiny@0123456789ab', dims: CLUSTERED_DIMS };
export const CLUSTERED_PATH = `indexes/docs/model=${MODEL.id}/dims=${CLUSTERED_DIMS}/`;

/** About normal: the sum of a few uniform values. */
const normal = (below: (limit: number) => number): number =>
  [1, 2, 3, 4].reduce((sum) => sum + below(1000) / 1000 - 0.5, 0);

/** A maker of vectors around 100 centres, some near to each other. */
export const clusteredVectors = (seed: number): (() => Float32Array) => {
  const centreChance = randomOf(7);
  const centres = Array.from({ length: 100 }, () =>
    Float32Array.from({ length: CLUSTERED_DIMS }, () => normal(centreChance.below)),
  );
  const { below, pick } = randomOf(seed);
  return () => pick(centres).map((value) => value + 0.55 * normal(below));
};

/** A maker of vectors without any clusters: the worst case of probing. */
export const scatteredVectors = (seed: number): (() => Float32Array) => {
  const { below } = randomOf(seed);
  return () => Float32Array.from({ length: CLUSTERED_DIMS }, () => normal(below));
};

/** One delta of documents with 50 chunks each. */
export const clusteredDelta = (rows: number, next = clusteredVectors(1)): Delta => {
  const documents = Array.from({ length: rows / 50 }, (_, id): DeltaDocument => ({
    documentId: `files/page#${id}`,
    entity: 'page',
    entityId: String(id),
    source: 'files',
    title: `Page ${id}`,
    attributes: {},
    revision: { fence: 1, sequence: 1, contentHash: `hash ${id}` },
    deleted: false,
    chunks: Array.from({ length: 50 }, (_chunk, ordinal) => ({
      chunkId: `${id}:${ordinal}`,
      ordinal,
      text: `stone ${id % 977}`,
      start: 0,
      end: 9,
      vector: next(),
    })),
  }));
  return {
    deltaId: `delta-${rows}`,
    collection: 'docs',
    runId: 'run',
    attempt: 1,
    part: 0,
    model: MODEL,
    documents,
  };
};
