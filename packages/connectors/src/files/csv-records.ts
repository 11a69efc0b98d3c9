import { delimiterOf, splitRow } from './csv-rows.ts';

/** Columns that are parts of a document; all others are attributes. */
const KNOWN = new Set(['id', 'entity', 'title', 'text', 'body', 'content', 'url', 'modified']);
const TEXTS = ['text', 'body', 'content'];
/** No leading zeros: those are codes. */
const NUMBER = /^-?(?:0|[1-9]\d{0,14})(?:\.\d+)?$/;

/** How the rows of one file are read. */
export interface CsvHeader {
  columns: string[];
  delimiter: string;
}

const columnOf = (name: string): string => {
  const lower = name.trim().toLowerCase();
  return KNOWN.has(lower) ? lower : name.trim();
};

/** Reads the first row. */
export const readHeader = (row: string): CsvHeader => {
  const delimiter = delimiterOf(row);
  return { delimiter, columns: splitRow(row, delimiter).map(columnOf) };
};

const valueOf = (column: string, text: string): string | number =>
  !KNOWN.has(column) && NUMBER.test(text) ? Number(text) : text;

/**
 * The JSON record of a row, as a line of a JSONL file has it; undefined when it has more fields than there are columns.
 * A file without a column of text has all of its columns as text.
 */
export const recordOfRow = (row: string, { columns, delimiter }: CsvHeader): string | undefined => {
  const fields = splitRow(row, delimiter);
  if (fields.length > columns.length) return undefined;
  const cells = columns.map((column, index) => [column, fields[index] ?? ''] as const);
  const filled = cells.filter(([column, text]) => column !== '' && text !== '');
  const values = filled.map(([column, text]) => [column, valueOf(column, text)] as const);
  const hasText = columns.some((column) => TEXTS.includes(column));
  const text = filled.map(([column, value]) => `${column}: ${value}`).join('\n');
  return JSON.stringify({ ...Object.fromEntries(values), ...(hasText ? {} : { text }) });
};
