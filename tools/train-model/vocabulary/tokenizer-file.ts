import { CONTINUATION, SPECIAL_TOKENS } from './learn-vocabulary.ts';

const special = (content: string, id: number) => ({
  id,
  content,
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: false,
  special: true,
});

const SINGLE = [
  { SpecialToken: { id: '[CLS]', type_id: 0 } },
  { Sequence: { id: 'A', type_id: 0 } },
  { SpecialToken: { id: '[SEP]', type_id: 0 } },
];
const PAIR = [
  ...SINGLE,
  { Sequence: { id: 'B', type_id: 1 } },
  { SpecialToken: { id: '[SEP]', type_id: 1 } },
];

/** The `tokenizer.json` of an uncased WordPiece with this vocabulary, as Hugging Face's tokenizers read it. */
export const tokenizerFile = (vocabulary: readonly string[]): object => {
  const vocab = Object.fromEntries(vocabulary.map((token, id) => [token, id]));
  const framing = ['[CLS]', '[SEP]'].map((token) => [
    token,
    { id: token, ids: [vocab[token]], tokens: [token] },
  ]);
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: SPECIAL_TOKENS.map((token, id) => special(token, id)),
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase: true,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: {
      type: 'TemplateProcessing',
      single: SINGLE,
      pair: PAIR,
      special_tokens: Object.fromEntries(framing) as object,
    },
    decoder: { type: 'WordPiece', prefix: CONTINUATION, cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: CONTINUATION,
      max_input_chars_per_word: 100,
      vocab,
    },
  };
};
