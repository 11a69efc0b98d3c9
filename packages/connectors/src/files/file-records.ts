import { isPipelineError, type UploadManifestV1 } from '@alluvium/contracts';
import { decodeText } from '@alluvium/text';
import type { SourceRecord } from '../connector.ts';
import { MAX_PDF_BYTES, readPdf } from '../pdf/read-pdf.ts';
import { rejected } from '../rejected.ts';
import { recordOfRow, readHeader, type CsvHeader } from './csv-records.ts';
import { joinRows, type Row } from './csv-rows.ts';
import type { Chunks } from './file-store.ts';
import { docxToHtml } from './docx-to-html.ts';
import { isDocx, isPdf, isStreamed, JSON_RECORD, mediaTypeOf, recordFormatOf } from './media-type.ts';
import { readLines, type Line } from './read-lines.ts';

/** Greatest document, and greatest line of a JSONL file, in bytes. */
export const MAX_DOCUMENT_BYTES = 8 * 1024 * 1024;

/** A file and what was given with it, as the manifest of an upload lists it. */
export type UploadedFile = Pick<UploadManifestV1['files'][number], 'path' | 'title' | 'url' | 'attributes'>;

/** Says that a document or a line is above the limit. */
export const tooLarge = (path: string, code: string, sizeBytes: number): SourceRecord => {
  const maxBytes = isPdf(path) ? MAX_PDF_BYTES : MAX_DOCUMENT_BYTES;
  return rejected(path, code, `has ${sizeBytes} bytes, more than the ${maxBytes} allowed`);
};

/** Greatest file of a path's kind that is read, in bytes; there is none where records are read one by one. */
export const maxBytesOf = (path: string): number => {
  if (isStreamed(path)) return Number.POSITIVE_INFINITY;
  return isPdf(path) ? MAX_PDF_BYTES : MAX_DOCUMENT_BYTES;
};

const decode = (path: string, bytes: Uint8Array): string | SourceRecord => {
  try {
    return isDocx(path) ? docxToHtml(bytes) : decodeText(bytes);
  } catch (error) {
    if (!isPipelineError(error)) throw error;
    return rejected(path, error.code, isDocx(path) ? error.message : `cannot be read: ${error.message}`);
  }
};

const given = ({ url, attributes }: UploadedFile): Pick<SourceRecord, 'url' | 'attributes'> => ({
  ...(url === undefined ? {} : { url }),
  ...(attributes === undefined ? {} : { attributes }),
});

/** The record of a file that is one document. */
const recordOfFile = (file: UploadedFile, bytes: Uint8Array): SourceRecord => {
  const { path, title } = file;
  if (bytes.length === 0) return rejected(path, 'EMPTY', 'is empty');
  const body = decode(path, bytes);
  if (typeof body !== 'string') return body;
  const titled = title === undefined ? {} : { title };
  return { path, mediaType: mediaTypeOf(path), body, ...titled, ...given(file) };
};

/** The record of a PDF file; what pages of it could not be read is an attribute. */
const recordOfPdf = async (file: UploadedFile, bytes: Uint8Array): Promise<SourceRecord> => {
  const { path } = file;
  if (bytes.length === 0) return rejected(path, 'EMPTY', 'is empty');
  try {
    const { title, text, unreadablePages } = await readPdf(bytes);
    const shown = file.title ?? title;
    const { url, attributes } = given(file);
    const marked = unreadablePages === 0 ? attributes : { ...attributes, unreadablePages };
    return {
      ...{ path, mediaType: 'text/plain', body: text },
      ...(shown === undefined ? {} : { title: shown }),
      ...(url === undefined ? {} : { url }),
      ...(marked === undefined ? {} : { attributes: marked }),
    };
  } catch (error) {
    if (!isPipelineError(error)) throw error;
    return rejected(path, error.code, error.message);
  }
};

const recordOfLine = (file: UploadedFile, line: Line): SourceRecord | undefined => {
  const path = `${file.path}#${line.number}`;
  if (line.bytes === undefined) return tooLarge(path, 'RECORD_TOO_LARGE', line.sizeBytes);
  const body = decode(path, line.bytes);
  if (typeof body !== 'string') return body;
  if (body.trim() === '') return undefined;
  return { path, mediaType: JSON_RECORD, body, ...given(file) };
};

/** A record and the line on which it begins. */
interface LineRecord {
  record: SourceRecord;
  line: number;
}

/** The records of a JSONL file after line `afterLine`, each with its line; a file without any is empty. */
async function* recordsOfLines(
  file: UploadedFile,
  lines: AsyncIterable<Line>,
  afterLine: number,
): AsyncGenerator<LineRecord> {
  let found = afterLine > 0;
  for await (const line of lines) {
    if (line.number <= afterLine) continue;
    const record = recordOfLine(file, line);
    if (record === undefined) continue;
    found = true;
    yield { record, line: line.number };
  }
  if (!found) yield { record: rejected(file.path, 'EMPTY', 'is empty'), line: 0 };
}

const recordOfCsvRow = (file: UploadedFile, row: Row, header: CsvHeader): SourceRecord | undefined => {
  const path = `${file.path}#${row.line}`;
  if (row.bytes === undefined) return tooLarge(path, 'RECORD_TOO_LARGE', row.sizeBytes);
  const text = decode(path, row.bytes);
  if (typeof text !== 'string') return text;
  if (text.trim() === '') return undefined;
  const body = recordOfRow(text, header);
  if (body !== undefined) return { path, mediaType: JSON_RECORD, body, ...given(file) };
  return rejected(path, 'RECORD_INVALID', `has more fields than the ${header.columns.length} of the header`);
};

/** The records of a CSV file that begin after line `afterLine`; its first row names the columns. */
async function* recordsOfRows(
  file: UploadedFile,
  rows: AsyncIterable<Row>,
  afterLine: number,
): AsyncGenerator<LineRecord> {
  let header: CsvHeader | undefined;
  let found = afterLine > 0;
  for await (const row of rows) {
    if (header === undefined) {
      const text = row.bytes === undefined ? '' : decode(file.path, row.bytes);
      if (typeof text !== 'string') {
        yield { record: text, line: 0 };
        return;
      }
      header = readHeader(text);
      continue;
    }
    if (row.line <= afterLine) continue;
    const record = recordOfCsvRow(file, row, header);
    if (record === undefined) continue;
    found = true;
    yield { record, line: row.line };
  }
  if (!found) yield { record: rejected(file.path, 'EMPTY', 'has no rows'), line: 0 };
}

const TEXT_FIELDS = ['text', 'body', 'content'];

const isDocument = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && TEXT_FIELDS.some((name) => name in value);

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

/** The records of a JSON file after number `after`: the items of a list of documents, one document, or plain text. */
const recordsOfJson = (
  file: UploadedFile,
  bytes: Uint8Array,
  after: number,
): { record: SourceRecord; line?: number }[] => {
  const whole = recordOfFile(file, bytes);
  const value = parsed(whole.body ?? '');
  if (isDocument(value)) return [{ record: { ...whole, mediaType: JSON_RECORD } }];
  if (!Array.isArray(value) || !value.some(isDocument)) return [{ record: whole }];
  return value
    .map((item: unknown, index) => ({ item, line: index + 1 }))
    .filter(({ line }) => line > after)
    .map(({ item, line }) => {
      const path = `${file.path}#${line}`;
      return { record: { path, mediaType: JSON_RECORD, body: JSON.stringify(item), ...given(file) }, line };
    });
};

const wholeOf = async (chunks: Chunks): Promise<Uint8Array> => {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
};

/**
 * The records of a file behind place `after`, each with its place where the file has several: the line of JSONL, the
 * line on which a row of CSV begins, the number of an item of JSON.
 */
export async function* recordsOfFile(
  file: UploadedFile,
  chunks: Chunks,
  after = 0,
): AsyncGenerator<{ record: SourceRecord; line?: number }> {
  const format = recordFormatOf(file.path);
  const lines = () => readLines(chunks, MAX_DOCUMENT_BYTES);
  if (format === 'jsonl') yield* recordsOfLines(file, lines(), after);
  else if (format === 'csv') yield* recordsOfRows(file, joinRows(lines(), MAX_DOCUMENT_BYTES), after);
  else if (format === 'json') yield* recordsOfJson(file, await wholeOf(chunks), after);
  else if (isPdf(file.path)) yield { record: await recordOfPdf(file, await wholeOf(chunks)) };
  else yield { record: recordOfFile(file, await wholeOf(chunks)) };
}
