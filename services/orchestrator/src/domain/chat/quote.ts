import type { Passage } from './passages.ts';
import { contentWords, stemOf } from './words.ts';

const MAX_SENTENCES = 3;
const MAX_SENTENCE = 600;

interface Sentence {
  text: string;
  passage: Passage;
  stems: Set<string>;
}

const segmenter = new Intl.Segmenter('en', { granularity: 'sentence' });

const sentencesOf = (passage: Passage): Sentence[] =>
  // A heading is no part of the sentence below it.
  passage.text
    .split(/\n\s*\n/)
    .flatMap((paragraph) => [...segmenter.segment(paragraph.replace(/\s+/g, ' '))])
    // Brackets in a quotation would read as citations of ours.
    .map(({ segment }) =>
      segment
        .trim()
        .replaceAll(/\[(\d+)\]/g, '($1)')
        .slice(0, MAX_SENTENCE),
    )
    .filter((text) => contentWords(text).length > 1)
    .map((text) => ({ text, passage, stems: new Set(contentWords(text).map(stemOf)) }));

// Rare words tell more than common ones; what the search ranked first goes before its equals.
const scoreOf = (sentence: Sentence, wanted: readonly string[], all: readonly Sentence[]): number =>
  wanted
    .filter((stem) => sentence.stems.has(stem))
    .reduce((score, stem) => {
      const count = all.filter(({ stems }) => stems.has(stem)).length;
      return score + Math.log(1 + all.length / count);
    }, 0) /
    Math.sqrt(4 + sentence.stems.size) +
  0.01 / sentence.passage.number;

/**
 * An answer that only quotes: the sentences of the passages that share most with the question, each with its citation.
 * Undefined when there is nothing to quote.
 */
export const quoteAnswer = (question: string, passages: readonly Passage[]): string | undefined => {
  const all = passages.flatMap(sentencesOf);
  const wanted = [...new Set(contentWords(question).map(stemOf))];
  const scored = all
    .map((sentence) => ({ ...sentence, score: scoreOf(sentence, wanted, all) }))
    .sort((one, other) => other.score - one.score);
  const distinct = scored.filter(({ text }, at) => scored.findIndex((other) => other.text === text) === at);
  const best = distinct.filter(({ score }, at) => at === 0 || score > 0.1).slice(0, MAX_SENTENCES);
  if (best.length === 0) return undefined;
  return best.map(({ text, passage }) => `${text} [${passage.number}]`).join('\n');
};
