import { PipelineError } from '@alluvium/contracts';
import * as huggingFace from '@huggingface/tokenizers';
import type { Tokenizer } from './tokenizer.ts';

/** The part of the library that is used; its own declarations do not resolve under Node's rules. */
interface Library {
  /** An id is missing for a word that the vocabulary does not know, when it has no token for the unknown. */
  encode(text: string, options?: { add_special_tokens: boolean }): { ids: (number | undefined)[] };
}
type LibraryClass = new (file: object, config: object) => Library;
const { Tokenizer: LibraryTokenizer } = huggingFace as unknown as { Tokenizer: LibraryClass };

/** Characters that are tokenized at first, per token asked for; more follow when they do not suffice. */
const CHARACTERS_PER_TOKEN = 8;
/** Tokens at the end of a part of the text that the rest of the text might change. */
const UNSETTLED_TOKENS = 64;

const invalid = (message: string, cause?: unknown) =>
  new PipelineError(`tokenizer.json: ${message}`, { code: 'MODEL_INVALID', kind: 'invalid', cause });

const open = (tokenizerJson: unknown): Library => {
  if (typeof tokenizerJson !== 'object' || tokenizerJson === null) throw invalid('not a JSON object');
  // The library insists on every key; files leave out those that are null.
  const file = {
    normalizer: null,
    pre_tokenizer: null,
    post_processor: null,
    decoder: null,
    added_tokens: [],
  };
  try {
    return new LibraryTokenizer({ ...file, ...tokenizerJson, truncation: null, padding: null }, {});
  } catch (cause) {
    throw invalid(`the tokenizer library cannot run it (${String(cause)})`, cause);
  }
};

const idsOf = (library: Library, text: string, isFramed: boolean): number[] =>
  library.encode(text, { add_special_tokens: isFramed }).ids.filter((id) => id !== undefined);

/** Ids that the tokenizer puts before and after a text. */
const frameOf = (library: Library): { start: number[]; end: number[] } => {
  const bare = idsOf(library, 'a', false);
  const framed = idsOf(library, 'a', true);
  for (let at = 0; at + bare.length <= framed.length; at++) {
    if (!bare.every((id, index) => framed[at + index] === id)) continue;
    return { start: framed.slice(0, at), end: framed.slice(at + bare.length) };
  }
  throw invalid('its post-processor changes the tokens of a text, which is not supported');
};

/** End of a part of `text` of about `length` units that cuts no word and no character in two, where it can. */
const cutAt = (text: string, length: number): number => {
  if (length >= text.length) return text.length;
  const space = text.lastIndexOf(' ', length);
  if (space > length / 2) return space;
  const isInPair = (text.charCodeAt(length) & 0xfc00) === 0xdc00;
  return isInPair ? length + 1 : length;
};

/**
 * Any tokenizer of Hugging Face's `tokenizer.json` (WordPiece, BPE, Unigram, with their normalizers), run by the
 * library `@huggingface/tokenizers`. Names of special tokens in a text are read as special tokens, as by the reference.
 * @throws PipelineError MODEL_INVALID when the library cannot run the file.
 */
export const huggingFaceTokenizer = (tokenizerJson: unknown): Tokenizer => {
  const library = open(tokenizerJson);
  const { start, end } = frameOf(library);
  const bare = (text: string) => idsOf(library, text, false);
  // A text may be far longer than what is read of it, and the library tokenizes all that it is given.
  const firstTokens = (text: string, wanted: number): number[] => {
    for (let length = (wanted + UNSETTLED_TOKENS) * CHARACTERS_PER_TOKEN; ; length *= 2) {
      const cut = cutAt(text, length);
      const ids = bare(text.slice(0, cut));
      if (cut === text.length || ids.length >= wanted + UNSETTLED_TOKENS) return ids.slice(0, wanted);
    }
  };
  return {
    encode: (text, maxTokens) => [
      ...start,
      ...firstTokens(text, Math.max(0, maxTokens - start.length - end.length)),
      ...end,
    ],
    count: (text) => bare(text).length,
  };
};
