import { PipelineError } from '@alluvium/contracts';
import { splitWords, wordNormalizer } from './bert-words.ts';
import type { Tokenizer } from './tokenizer.ts';

interface WordPieceFile {
  vocabulary: Map<string, number>;
  continuationPrefix: string;
  maxCharactersPerWord: number;
  lowercase: boolean;
  stripAccents: boolean;
  unknown: number;
  start: number;
  end: number;
}

const MAX_CACHED_WORDS = 50_000;
// V8 copies slices of up to 12 units; a longer one would keep the whole text it was cut from alive.
const MAX_CACHED_LENGTH = 12;

type Json = Record<string, unknown>;
const objectAt = (parent: Json, key: string): Json => {
  const value = parent[key];
  return typeof value === 'object' && value !== null ? (value as Json) : {};
};

const stringAt = (parent: Json, key: string, fallback: string): string => {
  const value = parent[key];
  return typeof value === 'string' ? value : fallback;
};

const unsupported = (message: string) =>
  new PipelineError(`tokenizer.json: ${message}`, { code: 'MODEL_INVALID', kind: 'invalid' });

const requireType = (parent: Json, key: string, type: string): Json => {
  const part = objectAt(parent, key);
  if (part['type'] !== type) {
    throw unsupported(`${key} is ${JSON.stringify(part['type'] ?? null)}; this tokenizer reads ${type}`);
  }
  return part;
};

const readVocabulary = (model: Json): Map<string, number> => {
  const vocabulary = new Map<string, number>();
  const file = objectAt(model, 'vocab');
  // Keys, not entries: an array for each of tens of thousands of tokens takes longer than the map.
  for (const token of Object.keys(file)) {
    const id = file[token];
    if (typeof id === 'number') vocabulary.set(token, id);
  }
  return vocabulary;
};

const readFile = (json: unknown): WordPieceFile => {
  if (typeof json !== 'object' || json === null) throw unsupported('not a JSON object');
  const file = json as Json;
  const normalizer = requireType(file, 'normalizer', 'BertNormalizer');
  requireType(file, 'pre_tokenizer', 'BertPreTokenizer');
  const model = requireType(file, 'model', 'WordPiece');
  const vocabulary = readVocabulary(model);
  const idOf = (token: string) => {
    const id = vocabulary.get(token);
    if (id === undefined) throw unsupported(`the vocabulary has no ${token}`);
    return id;
  };
  const lowercase = normalizer['lowercase'] !== false;
  return {
    vocabulary,
    continuationPrefix: stringAt(model, 'continuing_subword_prefix', '##'),
    maxCharactersPerWord: Number(model['max_input_chars_per_word'] ?? 100),
    lowercase,
    stripAccents: typeof normalizer['strip_accents'] === 'boolean' ? normalizer['strip_accents'] : lowercase,
    unknown: idOf(stringAt(model, 'unk_token', '[UNK]')),
    start: idOf('[CLS]'),
    end: idOf('[SEP]'),
  };
};

/** Whether a parsed `tokenizer.json` is one that {@link wordPieceOf} runs. */
export const isHandledByWordPiece = (tokenizerJson: unknown): boolean => {
  try {
    readFile(tokenizerJson);
    return true;
  } catch {
    return false;
  }
};

/** Longest-match-first pieces of one normalized word; a word with an unmatched rest is unknown as a whole. */
const piecesOf = (file: WordPieceFile, longest: number) => {
  const { vocabulary, continuationPrefix, maxCharactersPerWord, unknown } = file;
  return (word: string): number[] => {
    const characters = Array.from(word);
    if (characters.length > maxCharactersPerWord) return [unknown];
    const whole = vocabulary.get(word);
    if (whole !== undefined) return [whole];
    const pieces: number[] = [];
    for (let start = 0; start < characters.length;) {
      let end = Math.min(characters.length, start + longest);
      let id: number | undefined;
      for (; end > start && id === undefined; end--) {
        const piece = characters.slice(start, end).join('');
        id = vocabulary.get(start === 0 ? piece : continuationPrefix + piece);
      }
      if (id === undefined) return [unknown];
      pieces.push(id);
      start = end + 1;
    }
    return pieces;
  };
};

/**
 * BERT's WordPiece, from a Hugging Face `tokenizer.json` with BertNormalizer, BertPreTokenizer and WordPiece.
 * Truncation and padding named in the file are ignored: the model's manifest rules. Special tokens are never
 * read out of text: a literal "[CLS]" is three words.
 * @throws PipelineError MODEL_INVALID for another kind of tokenizer.
 */
export const wordPieceOf = (tokenizerJson: unknown): Tokenizer => {
  const file = readFile(tokenizerJson);
  let longest = 1;
  for (const token of file.vocabulary.keys()) longest = Math.max(longest, token.length);
  const split = piecesOf(file, longest);
  const normalize = wordNormalizer(file);
  // Keyed by the word as written, so that a repeated word skips normalization as well.
  const cache = new Map<string, number[]>();
  const encodeWord = (word: string): number[] => {
    const known = cache.get(word);
    if (known !== undefined) return known;
    const pieces = normalize(word).flatMap(split);
    if (word.length <= MAX_CACHED_LENGTH) {
      if (cache.size >= MAX_CACHED_WORDS) cache.clear();
      cache.set(word, pieces);
    }
    return pieces;
  };
  return {
    encode(text, maxTokens) {
      const ids = [file.start];
      splitWords(text, (word) => {
        for (const id of encodeWord(word)) {
          if (ids.length >= maxTokens - 1) break;
          ids.push(id);
        }
        return ids.length < maxTokens - 1;
      });
      ids.push(file.end);
      return ids;
    },
    count(text) {
      let tokens = 0;
      splitWords(text, (word) => {
        tokens += encodeWord(word).length;
        return true;
      });
      return tokens;
    },
  };
};
