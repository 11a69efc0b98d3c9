const MEDIA_TYPES: Record<string, string> = {
  md: 'text/markdown',
  markdown: 'text/markdown',
  mdx: 'text/markdown',
  html: 'text/html',
  htm: 'text/html',
  xhtml: 'text/html',
  // Turned into HTML when it is read.
  docx: 'text/html',
};

/** How a file with more than one record is written. */
export type RecordFormat = 'jsonl' | 'csv' | 'json';

const RECORD_FORMATS: Record<string, RecordFormat> = {
  jsonl: 'jsonl',
  ndjson: 'jsonl',
  csv: 'csv',
  tsv: 'csv',
  json: 'json',
};

const extensionOf = (path: string): string => /\.([^./]+)$/.exec(path)?.[1]?.toLowerCase() ?? '';

/** Media type of a line of a JSONL file. */
export const JSON_RECORD = 'application/json';

/** Format of a file that may have many records; undefined for one that is one document. */
export const recordFormatOf = (path: string): RecordFormat | undefined => RECORD_FORMATS[extensionOf(path)];

/** True for a file that has to be unpacked before it is text. */
export const isDocx = (path: string): boolean => extensionOf(path) === 'docx';

/** True for a file whose text is laid out on pages. */
export const isPdf = (path: string): boolean => extensionOf(path) === 'pdf';

/** True for a file whose records are read one by one, however large it is. */
export const isStreamed = (path: string): boolean => ['jsonl', 'csv'].includes(recordFormatOf(path) ?? '');

/** Media type by extension; whatever is not known is plain text when it decodes as text. */
export const mediaTypeOf = (path: string): string => MEDIA_TYPES[extensionOf(path)] ?? 'text/plain';
