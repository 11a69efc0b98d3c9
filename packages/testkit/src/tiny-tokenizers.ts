type Json = Record<string, unknown>;

const template = (start: string, end: string, ids: Record<string, number>): Json => ({
  type: 'TemplateProcessing',
  single: [
    { SpecialToken: { id: start, type_id: 0 } },
    { Sequence: { id: 'A', type_id: 0 } },
    { SpecialToken: { id: end, type_id: 0 } },
  ],
  pair: [],
  special_tokens: Object.fromEntries(
    [start, end].map((token) => [token, { id: token, ids: [ids[token]], tokens: [token] }]),
  ),
});

const special = (content: string, id: number): Json => ({
  id,
  content,
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: false,
  special: true,
});

const numbered = (tokens: readonly string[]): Record<string, number> =>
  Object.fromEntries(tokens.map((token, id) => [token, id]));

const LETTERS = Array.from('abcdefghijklmnopqrstuvwxyz0123456789');

/** `tokenizer.json` of an uncased BERT that knows letters, digits and some punctuation, one a token. */
export const tinyWordPiece = () => {
  const tokens = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', ...LETTERS];
  tokens.push(...LETTERS.map((letter) => `##${letter}`), '.', ',', '!', '?', ':', '-', 'the', 'river', 'mud');
  const vocab = numbered(tokens);
  return {
    version: '1.0',
    // As hubs publish it: both must be ignored.
    truncation: { direction: 'Right', max_length: 8, strategy: 'LongestFirst', stride: 0 },
    padding: { strategy: { Fixed: 8 }, direction: 'Right', pad_id: 0, pad_type_id: 0, pad_token: '[PAD]' },
    added_tokens: ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'].map((token, id) => special(token, id)),
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase: true,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: template('[CLS]', '[SEP]', vocab),
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab,
    },
  };
};

/** `tokenizer.json` of a byte-level BPE as RoBERTa has it, with some merges; no text is unknown to it. */
export const tinyByteLevel = (): Json => {
  const printable = Array.from({ length: 94 }, (_, index) => String.fromCharCode(33 + index));
  // Bytes that print nothing are written as letters from Ā on, in GPT-2's order; a space is Ġ.
  const others = Array.from({ length: 68 }, (_, index) => String.fromCharCode(256 + index));
  const latin = Array.from({ length: 94 }, (_, index) => String.fromCharCode(161 + index)).filter(
    (c) => c !== '­',
  );
  const merged = ['ri', 'ver', 've', 'river', 'Ġriver'];
  const tokens = ['<s>', '<pad>', '</s>', '<unk>', ...printable, ...latin, 'ÿ', ...others, ...merged];
  const vocab = numbered([...new Set(tokens)]);
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: ['<s>', '<pad>', '</s>', '<unk>'].map((token, id) => special(token, id)),
    normalizer: null,
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
    post_processor: template('<s>', '</s>', vocab),
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      vocab,
      merges: ['r i', 'v e', 've r', 'ri ver', 'Ġ river'],
    },
  };
};

/** `tokenizer.json` of a Unigram over `▁` words, as XLM-RoBERTa has it. */
export const tinyUnigram = (): Json => {
  const words = ['▁the', '▁river', '▁mud', '▁', ...LETTERS, '.', ',', '!', '?'];
  const vocab = [
    ['<s>', 0],
    ['<pad>', 0],
    ['</s>', 0],
    ['<unk>', 0],
    ...words.map((word, i) => [word, -2 - i / 10]),
  ];
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: ['<s>', '<pad>', '</s>', '<unk>'].map((token, id) => special(token, id)),
    normalizer: { type: 'Sequence', normalizers: [{ type: 'NFKC' }, { type: 'Lowercase' }] },
    pre_tokenizer: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true },
    post_processor: template('<s>', '</s>', { '<s>': 0, '</s>': 2 }),
    decoder: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true },
    model: { type: 'Unigram', unk_id: 3, vocab, byte_fallback: false },
  };
};
