const MEDIA_TYPES: Record<string, string> = {
  md: 'text/markdown',
  markdown: 'text/markdown',
  mdx: 'text/markdown',
  html: 'text/html',
  htm: 'text/html',
  xhtml: 'text/html',
};

const JSON_LINES = new Set(['jsonl', 'ndjson']);

const extensionOf = (path: string): string => /\.([^./]+)$/.exec(path)?.[1]?.toLowerCase() ?? '';

/** Media type of a line of a JSONL file. */
export const JSON_RECORD = 'application/json';

/** True for a file with one JSON record a line. */
export const isJsonLines = (path: string): boolean => JSON_LINES.has(extensionOf(path));

/** Media type by extension; whatever is not known is plain text when it decodes as text. */
export const mediaTypeOf = (path: string): string => MEDIA_TYPES[extensionOf(path)] ?? 'text/plain';
