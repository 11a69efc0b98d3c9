/** One field of a message: integers as numbers, everything with a length as a view of its bytes. */
export interface ProtobufField {
  number: number;
  /** Of a varint; exact up to 2^53. */
  integer: number;
  /** Of a length-delimited field, a view; empty for others. */
  bytes: Uint8Array;
}

const NOTHING = new Uint8Array(0);
const MAX_VARINT_BYTES = 10;

interface Cursor {
  bytes: Uint8Array;
  at: number;
}

const broken = (at: number, what: string) => new RangeError(`protobuf: ${what} at byte ${at}`);

const readVarint = (cursor: Cursor): number => {
  let value = 0;
  let factor = 1;
  for (let read = 0; read < MAX_VARINT_BYTES; read++) {
    const byte = cursor.bytes[cursor.at++];
    if (byte === undefined) throw broken(cursor.at, 'a number is cut off');
    value += (byte & 0x7f) * factor;
    if (byte < 0x80) return value;
    factor *= 128;
  }
  throw broken(cursor.at, 'a number is too long');
};

const readBytes = (cursor: Cursor, length: number): Uint8Array => {
  const start = cursor.at;
  const end = start + length;
  if (end > cursor.bytes.length) throw broken(start, `${length} bytes are announced that are not there`);
  cursor.at = end;
  return cursor.bytes.subarray(start, end);
};

const readField = (cursor: Cursor): ProtobufField => {
  const tag = readVarint(cursor);
  const number = Math.floor(tag / 8);
  const wireType = tag % 8;
  if (wireType === 0) return { number, integer: readVarint(cursor), bytes: NOTHING };
  if (wireType === 2) return { number, integer: 0, bytes: readBytes(cursor, readVarint(cursor)) };
  if (wireType === 1) return { number, integer: 0, bytes: readBytes(cursor, 8) };
  if (wireType === 5) return { number, integer: 0, bytes: readBytes(cursor, 4) };
  throw broken(cursor.at, `there is no wire type ${wireType}`);
};

/**
 * The fields of one protobuf message, in the order in which they lie there; what is inside of them is not looked at.
 * @throws RangeError when the bytes are no message.
 */
export function* protobufFields(bytes: Uint8Array): Generator<ProtobufField> {
  const cursor = { bytes, at: 0 };
  while (cursor.at < bytes.length) yield readField(cursor);
}

/** The text of a field. */
export const textOf = ({ bytes }: ProtobufField): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');

/** A repeated integer, packed or one a field. */
export const integersOf = ({ bytes, integer }: ProtobufField): number[] => {
  if (bytes === NOTHING) return [integer];
  const cursor = { bytes, at: 0 };
  const values: number[] = [];
  while (cursor.at < bytes.length) values.push(readVarint(cursor));
  return values;
};
