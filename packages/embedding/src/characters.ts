/** What BertNormalizer and BertPreTokenizer do with a character. */
export const CharacterClass = {
  unknown: 0,
  word: 1,
  space: 2,
  punctuation: 3,
  ideograph: 4,
  dropped: 5,
} as const;

/** One of the values of {@link CharacterClass}. */
export type CharacterClassValue = (typeof CharacterClass)[keyof typeof CharacterClass];

const PUNCTUATION = /^\p{P}$/u;
const SPACE = /^\s$/u;
const OTHER = /^[\p{Cc}\p{Cf}\p{Co}\p{Cs}]$/u;

/** The ranges that BERT sets apart as one word a character; kana and Hangul are not among them. */
const IDEOGRAPHS = [
  [0x4e00, 0x9fff],
  [0x3400, 0x4dbf],
  [0xf900, 0xfaff],
  [0x20000, 0x2a6df],
  [0x2a700, 0x2b73f],
  [0x2b740, 0x2b81f],
  [0x2b920, 0x2ceaf],
  [0x2f800, 0x2fa1f],
] as const;

const isIdeograph = (codePoint: number) =>
  IDEOGRAPHS.some(([first, last]) => codePoint >= first && codePoint <= last);

const classifyAscii = (codePoint: number): CharacterClassValue => {
  const character = String.fromCharCode(codePoint);
  if (' \t\n\r'.includes(character)) return CharacterClass.space;
  if (codePoint < 32 || codePoint === 127) return CharacterClass.dropped;
  // BERT counts every ASCII symbol as punctuation, "$" and "+" too, which Unicode does not.
  return /[A-Za-z0-9]/.test(character) ? CharacterClass.word : CharacterClass.punctuation;
};

const classify = (codePoint: number): CharacterClassValue => {
  if (codePoint < 128) return classifyAscii(codePoint);
  const character = String.fromCodePoint(codePoint);
  if (codePoint === 0xfffd || OTHER.test(character)) return CharacterClass.dropped;
  if (SPACE.test(character)) return CharacterClass.space;
  if (isIdeograph(codePoint)) return CharacterClass.ideograph;
  return PUNCTUATION.test(character) ? CharacterClass.punctuation : CharacterClass.word;
};

// The regular expressions cost about 100 ns a character; the table makes that once per character.
const table = new Uint8Array(0x10000);

/** The class of a code point, by the rules of BERT's basic tokenizer. */
export const classOf = (codePoint: number): CharacterClassValue => {
  if (codePoint > 0xffff) return classify(codePoint);
  const known = table[codePoint] as CharacterClassValue;
  if (known !== CharacterClass.unknown) return known;
  const found = classify(codePoint);
  table[codePoint] = found;
  return found;
};
