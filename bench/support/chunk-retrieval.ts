import type { ChunkSpan } from '@alluvium/text';
import { lengthOf, shared, unionOf, type Ranges } from './range-sets.ts';

/** A chunk of one of the texts. */
export interface RetrievedChunk extends ChunkSpan {
  corpus: string;
}

/** A question and the passages that answer it, all in one text. */
export interface ChunkQuestion {
  corpus: string;
  question: string;
  references: { start: number; end: number }[];
}

/** Shares of characters, each 0 to 1. */
export interface ChunkScores {
  iou: number;
  recall: number;
  precision: number;
}

/**
 * How well retrieved chunks hit the passages, by characters: recall is the share of the passages that the chunks hold,
 * precision the share of the chunks that are passage, IoU what both share over what either holds. What chunks repeat
 * counts each time: overlap is paid for. As the evaluation does that the questions come from (Smith & Troynikov, 2024).
 */
export const scoreChunks = (question: ChunkQuestion, chunks: readonly RetrievedChunk[]): ChunkScores => {
  const wanted = unionOf(question.references.map(({ start, end }) => [start, end] as const));
  const own = chunks.filter(({ corpus }) => corpus === question.corpus);
  const spans = (list: readonly ChunkSpan[]): Ranges => list.map(({ start, end }) => [start, end] as const);
  const hit = lengthOf(shared(unionOf(spans(own)), wanted));
  const retrieved = lengthOf(spans(chunks));
  return {
    iou: hit / (retrieved + lengthOf(wanted) - hit),
    recall: hit / lengthOf(wanted),
    precision: retrieved === 0 ? 0 : hit / retrieved,
  };
};

/** The best chunks whose lengths together come to at most `budget`. */
export const withinBudget = (ranked: readonly RetrievedChunk[], budget: number): RetrievedChunk[] => {
  const taken: RetrievedChunk[] = [];
  let length = 0;
  for (const chunk of ranked) {
    length += chunk.end - chunk.start;
    if (length > budget) break;
    taken.push(chunk);
  }
  return taken;
};
