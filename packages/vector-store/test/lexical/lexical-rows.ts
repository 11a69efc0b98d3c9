import fc from 'fast-check';
import { analyze } from '../../src/lexical/analyzer.ts';
import { rowTermsOf, type RowTerms } from '../../src/lexical/postings.ts';
import { buildLexicalPlanes, type LexicalRows } from '../../src/lexical/lexicon.ts';
import { memoryPlanes, type MemoryPlanes } from './memory-planes.ts';

/** Rows of term ids as a segment builder gathers them. */
export const lexicalRows = (terms: readonly string[], rows: readonly RowTerms[]): LexicalRows => {
  const offsets = new Uint32Array(rows.length + 1);
  rows.forEach((row, index) => (offsets[index + 1] = offsets[index]! + row.terms.length));
  return {
    terms,
    rows: {
      offsets,
      values: Uint32Array.from(rows.flatMap((row) => [...row.terms])),
      frequencies: Uint16Array.from(rows.flatMap((row) => [...row.frequencies])),
    },
    rowLengths: Uint32Array.from(rows, ({ length }) => length),
  };
};

/** Rows of texts that were analyzed. */
export const rowsOfTexts = (texts: readonly string[]): LexicalRows => {
  const ids = new Map<string, number>();
  const idOf = (term: string) => {
    if (!ids.has(term)) ids.set(term, ids.size);
    return ids.get(term)!;
  };
  const rows = texts.map((text) => rowTermsOf(Uint32Array.from(analyze(text), idOf)));
  return lexicalRows([...ids.keys()], rows);
};

/** The planes of rows, in memory. */
export const planesOf = ({ terms, rows, rowLengths }: LexicalRows): MemoryPlanes =>
  memoryPlanes(buildLexicalPlanes(terms, rows, rowLengths));

/** Each row as what it says: its length and how often it has each term. */
export const spelledOut = ({ terms, rows, rowLengths }: LexicalRows) =>
  Array.from(rowLengths, (length, row) => {
    const [from, to] = [rows.offsets[row]!, rows.offsets[row + 1]!];
    const entries = Array.from(rows.values.subarray(from, to), (id, index) => [
      terms[id]!,
      rows.frequencies[from + index]!,
    ]);
    return { length, frequencies: Object.fromEntries(entries) as Record<string, number> };
  });

const ALPHABET = ['a', 'b', 'ab', 'aba', 'ö', '\u{ff5e}', '\u{10400}', '東', '_'];

/** Terms of scripts that UTF-8 and UTF-16 order differently, and rows that have some of them. */
export const arbitraryRows: fc.Arbitrary<LexicalRows> = fc
  .uniqueArray(
    fc.array(fc.constantFrom(...ALPHABET), { minLength: 1, maxLength: 6 }).map((parts) => parts.join('')),
    { minLength: 1, maxLength: 400 },
  )
  .chain((terms) =>
    fc.array(fc.array(fc.nat(terms.length - 1), { maxLength: 30 }), { maxLength: 40 }).map((rows) =>
      lexicalRows(
        terms,
        rows.map((ids) => rowTermsOf(Uint32Array.from(ids))),
      ),
    ),
  );

/** `terms` terms over `rows` rows of `length` terms: frequent and rare ones, as in a text. */
export const zipfRows = ({
  terms,
  rows,
  length,
}: Record<'terms' | 'rows' | 'length', number>): LexicalRows => {
  const names = Array.from({ length: terms }, (_, id) => `t${((id * 7919) % terms).toString(36)}x`);
  let state = 12345;
  const next = () => (state = (state * 1103515245 + 12345) % 2147483648) / 2147483648;
  return lexicalRows(
    names,
    Array.from({ length: rows }, (_, row) =>
      rowTermsOf(
        Uint32Array.from({ length }, (_, place) =>
          // One term in turn, so that each occurs; the rest by rank.
          place < terms / rows
            ? (row * Math.ceil(terms / rows) + place) % terms
            : Math.floor(terms ** next()) - 1,
        ),
      ),
    ),
  );
};
