import { PipelineError } from '@alluvium/contracts';

/** What WordPiece needs of a `tokenizer.json`. */
export interface WordPieceFile {
  vocabulary: Map<string, number>;
  continuationPrefix: string;
  maxCharactersPerWord: number;
  lowercase: boolean;
  stripAccents: boolean;
  unknown: number;
  start: number;
  end: number;
}

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

/**
 * Reads a `tokenizer.json` with BertNormalizer, BertPreTokenizer and WordPiece.
 * @throws PipelineError MODEL_INVALID for another kind.
 */
export const readWordPieceFile = (json: unknown): WordPieceFile => {
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

const framesAsBert = (postProcessor: Json): boolean => {
  if (postProcessor['type'] === 'BertProcessing') return true;
  const single: unknown = postProcessor['single'];
  if (!Array.isArray(single) || single.length !== 3) return false;
  const parts = single.map((part) => stringAt(objectAt(part as Json, 'SpecialToken'), 'id', 'text'));
  return String(parts) === '[CLS],text,[SEP]';
};

/** Whether nothing in the file asks for more than wordPieceOf does. */
const isPlainBert = (file: Json): boolean => {
  const normalizer = objectAt(file, 'normalizer');
  const added: unknown = file['added_tokens'];
  const areAllSpecial =
    !Array.isArray(added) || added.every((token: unknown) => (token as Json | null)?.['special'] === true);
  const cleansAsBert = normalizer['clean_text'] !== false && normalizer['handle_chinese_chars'] !== false;
  return cleansAsBert && areAllSpecial && framesAsBert(objectAt(file, 'post_processor'));
};

/** Whether wordPieceOf reads texts as a parsed `tokenizer.json` means it. */
export const isHandledByWordPiece = (tokenizerJson: unknown): boolean => {
  try {
    readWordPieceFile(tokenizerJson);
    return isPlainBert(tokenizerJson as Json);
  } catch {
    return false;
  }
};
