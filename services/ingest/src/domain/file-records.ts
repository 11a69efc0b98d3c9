import { isPipelineError, type RawRecordV1, type UploadManifestV1 } from '@alluvium/contracts';
import { decodeText } from '@alluvium/text';
import { JSON_RECORD, mediaTypeOf } from './media-type.ts';
import type { Line } from './read-lines.ts';

/** Greatest document, and greatest line of a JSONL file, in bytes. */
export const MAX_DOCUMENT_BYTES = 8 * 1024 * 1024;

/** One file of an upload, as its manifest lists it. */
export type UploadedFile = UploadManifestV1['files'][number];

/** A raw record before it has its place in the run. */
export type FileRecord = Omit<RawRecordV1, 'sequence'>;

/** A record in place of what could not be read; `reason` goes on from the path. */
export const unreadable = (path: string, code: string, reason: string): FileRecord => ({
  path,
  rejected: { code, message: `${path} ${reason}`.slice(0, 2000) },
});

/** Says that a document or a line is above the limit. */
export const tooLarge = (path: string, code: string, sizeBytes: number): FileRecord =>
  unreadable(path, code, `has ${sizeBytes} bytes, more than the ${MAX_DOCUMENT_BYTES} allowed`);

const decode = (path: string, bytes: Uint8Array): string | FileRecord => {
  try {
    return decodeText(bytes);
  } catch (error) {
    if (!isPipelineError(error)) throw error;
    return unreadable(path, error.code, `cannot be read: ${error.message}`);
  }
};

const given = ({ url, attributes }: UploadedFile): Pick<FileRecord, 'url' | 'attributes'> => ({
  ...(url === undefined ? {} : { url }),
  ...(attributes === undefined ? {} : { attributes }),
});

/** The record of a file that is one document. */
export const recordOfFile = (file: UploadedFile, bytes: Uint8Array): FileRecord => {
  const { path, title } = file;
  if (bytes.length === 0) return unreadable(path, 'EMPTY', 'is empty');
  const body = decode(path, bytes);
  if (typeof body !== 'string') return body;
  const titled = title === undefined ? {} : { title };
  return { path, mediaType: mediaTypeOf(path), body, ...titled, ...given(file) };
};

const recordOfLine = (file: UploadedFile, line: Line): FileRecord | undefined => {
  const path = `${file.path}#${line.number}`;
  if (line.bytes === undefined) return tooLarge(path, 'RECORD_TOO_LARGE', line.sizeBytes);
  const body = decode(path, line.bytes);
  if (typeof body !== 'string') return body;
  if (body.trim() === '') return undefined;
  return { path, mediaType: JSON_RECORD, body, ...given(file) };
};

/** The records of a JSONL file after line `afterLine`, each with its line; a file without any is empty. */
export async function* recordsOfLines(
  file: UploadedFile,
  lines: AsyncIterable<Line>,
  afterLine: number,
): AsyncGenerator<{ record: FileRecord; line: number }> {
  let found = afterLine > 0;
  for await (const line of lines) {
    if (line.number <= afterLine) continue;
    const record = recordOfLine(file, line);
    if (record === undefined) continue;
    found = true;
    yield { record, line: line.number };
  }
  if (!found) yield { record: unreadable(file.path, 'EMPTY', 'is empty'), line: 0 };
}
