import { analyze } from '../src/lexical/analyzer.ts';
import { BM25 } from '../src/lexical/bm25.ts';
import type { DeltaChunk, DeltaDocument } from '../src/index.ts';

export interface ReferenceRow {
  chunkId: string;
  document: DeltaDocument;
  chunk: DeltaChunk;
}

export const rowsOf = (documents: readonly DeltaDocument[]): ReferenceRow[] =>
  documents.flatMap((document) =>
    document.chunks.map((chunk) => ({ chunkId: chunk.chunkId, document, chunk })),
  );

/** Cosine of every row on the original floats, the best first. */
export const naiveDense = (rows: readonly ReferenceRow[], query: Float32Array) =>
  rows
    .map((row) => ({
      chunkId: row.chunkId,
      score:
        row.chunk.vector.reduce((sum, value, index) => sum + value * (query[index] ?? 0), 0) /
        (Math.hypot(...row.chunk.vector) * Math.hypot(...query)),
    }))
    .sort((left, right) => right.score - left.score);

/** BM25 of every row that has a term of the query, straight from the definition. */
export const naiveBm25 = (rows: readonly ReferenceRow[], query: string): Map<string, number> => {
  const texts = rows.map(({ document, chunk }) => analyze(`${document.title}\n${chunk.text}`));
  const average = texts.reduce((sum, terms) => sum + terms.length, 0) / texts.length;
  const scores = new Map<string, number>();
  for (const term of analyze(query)) {
    const frequency = texts.filter((terms) => terms.includes(term)).length;
    const idf = Math.log(1 + (rows.length - frequency + 0.5) / (frequency + 0.5));
    rows.forEach(({ chunkId }, index) => {
      const terms = texts[index] ?? [];
      const count = terms.filter((one) => one === term).length;
      if (count === 0) return;
      const norm = BM25.k1 * (1 - BM25.b + (BM25.b * terms.length) / average);
      scores.set(chunkId, (scores.get(chunkId) ?? 0) + (idf * count) / (count + norm));
    });
  }
  return scores;
};
