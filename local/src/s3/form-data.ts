import type { Readable } from 'node:stream';
import { S3Error } from './s3-error.ts';

const MAX_FIELDS_BYTES = 20_480;
const HEADERS_END = '\r\n\r\n';

/** A posted form up to its file; the file is read from the connection as it is iterated. */
export interface PostedForm {
  /** Names in lower case. */
  fields: Map<string, string>;
  filename: string;
  file: AsyncGenerator<Buffer>;
}

type Chunks = AsyncIterator<unknown, undefined>;

const malformed = (): S3Error => new S3Error('MalformedPOSTRequest');

const readMore = async (chunks: Chunks, seen: Buffer): Promise<Buffer> => {
  const { done, value } = await chunks.next();
  if (done === true) throw malformed();
  return Buffer.concat([seen, value as Buffer]);
};

const readUntil = async (
  chunks: Chunks,
  seen: Buffer,
  mark: string,
): Promise<[before: Buffer, after: Buffer]> => {
  let buffer = seen;
  for (;;) {
    const at = buffer.indexOf(mark);
    if (at >= 0) return [buffer.subarray(0, at), buffer.subarray(at + mark.length)];
    if (buffer.length > MAX_FIELDS_BYTES) throw malformed();
    buffer = await readMore(chunks, buffer);
  }
};

/** Everything up to the delimiter; keeps back only as many bytes as a delimiter split over two chunks may take. */
const fileBytes = async function* (chunks: Chunks, start: Buffer, delimiter: string): AsyncGenerator<Buffer> {
  let buffer = start;
  for (;;) {
    const at = buffer.indexOf(delimiter);
    if (at >= 0) {
      yield buffer.subarray(0, at);
      break;
    }
    const safe = Math.max(buffer.length - delimiter.length, 0);
    if (safe > 0) yield buffer.subarray(0, safe);
    buffer = await readMore(chunks, buffer.subarray(safe));
  }
  // fields behind the file are ignored, as S3 does
  while ((await chunks.next()).done !== true);
};

const parameter = (headers: string, name: string): string | undefined =>
  new RegExp(`content-disposition:[^\\r\\n]*;\\s*${name}="([^"]*)"`, 'i').exec(headers)?.[1];

/** Reads the fields of a `multipart/form-data` body and stops at the field `file`. */
export const readForm = async (body: Readable, contentType: string): Promise<PostedForm> => {
  const boundary = /^multipart\/form-data\s*;.*?boundary="?([^";]+)"?/i.exec(contentType)?.[1];
  if (boundary === undefined) throw malformed();
  const chunks: Chunks = body.iterator({ destroyOnReturn: false });
  const delimiter = `\r\n--${boundary}`;
  const fields = new Map<string, string>();
  let [, rest] = await readUntil(chunks, Buffer.from('\r\n'), delimiter);
  for (let size = 0; size <= MAX_FIELDS_BYTES;) {
    const [head, afterHead] = await readUntil(chunks, rest, HEADERS_END);
    const headers = head.toString();
    const name = parameter(headers, 'name')?.toLowerCase();
    if (name === undefined) throw malformed();
    if (name === 'file')
      return {
        fields,
        filename: parameter(headers, 'filename') ?? '',
        file: fileBytes(chunks, afterHead, delimiter),
      };
    const [value, afterValue] = await readUntil(chunks, afterHead, delimiter);
    fields.set(name, value.toString());
    size += value.length;
    rest = afterValue;
  }
  throw malformed();
};
