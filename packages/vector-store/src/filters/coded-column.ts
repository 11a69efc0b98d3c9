import { bytesOf, uint32sOf } from '../bytes/typed-bytes.ts';

/** Codes of few distinct values, in the narrowest type that holds them. */
export type Codes = Uint8Array | Uint16Array | Uint32Array;

/** Pairs of document and value: entry e says that document `documents[e]` has the value `values[codes[e]]`. */
export interface CodedColumn {
  /** Absent when entry e is about document e. */
  documents?: Uint32Array;
  codes: Codes;
  /** What JSON gives; a reader of strings or scalars passes over the rest. */
  values: readonly unknown[];
}

const HEADER_BYTES = 16;

const narrowed = (codes: Uint32Array, distinct: number): Codes => {
  if (distinct <= 1 << 8) return Uint8Array.from(codes);
  return distinct <= 1 << 16 ? Uint16Array.from(codes) : codes;
};

const isCounted = (documents: Uint32Array): boolean =>
  documents.every((document, entry) => document === entry);

/**
 * A column as bytes, little endian: u32 entries, u32 listed documents, u32 bytes a code (1, 2 or 4), u32 bytes of values;
 * u32 document an entry, or none when entry e is about document e; the codes; the distinct values, a JSON array, with spaces up
 * to a multiple of 8 bytes.
 */
export const packColumn = (column: {
  documents?: Uint32Array;
  codes: Uint32Array;
  values: readonly unknown[];
}): Uint8Array => {
  const documents = column.documents && !isCounted(column.documents) ? column.documents : new Uint32Array();
  const codes = narrowed(column.codes, column.values.length);
  const values = Buffer.from(JSON.stringify(column.values));
  const before = HEADER_BYTES + documents.byteLength + codes.byteLength;
  const spaces = Buffer.alloc((8 - ((before + values.length) % 8)) % 8, ' ');
  const header = [codes.length, documents.length, codes.BYTES_PER_ELEMENT, values.length + spaces.length];
  return Buffer.concat([
    bytesOf(Uint32Array.from(header)),
    bytesOf(documents),
    bytesOf(codes),
    values,
    spaces,
  ]);
};

const codesOf = (bytes: Uint8Array, width: number): Codes => {
  if (width === 1) return bytes;
  if (width === 4) return uint32sOf(bytes);
  const at = bytes.byteOffset % 2 === 0 ? bytes : new Uint8Array(bytes);
  return new Uint16Array(at.buffer, at.byteOffset, at.byteLength >> 1);
};

/** Refuses content; `offset` counts from the first byte of the column. */
export type Refuse = (offset: number, what: string) => Error;

/** Any JSON, or the refusal of what is none. */
export const parseJson = (bytes: Uint8Array, refuse: () => Error): unknown => {
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'));
  } catch {
    throw refuse();
  }
};

/** Parses JSON that has to be a list. */
export const parseList = (bytes: Uint8Array, refuse: () => Error): unknown[] => {
  const list = parseJson(bytes, refuse);
  if (!Array.isArray(list)) throw refuse();
  return list as unknown[];
};

interface Layout {
  listed: number;
  width: number;
  codesAt: number;
  valuesAt: number;
}

const layoutOf = (bytes: Uint8Array, refuse: Refuse): Layout => {
  if (bytes.length < HEADER_BYTES) throw refuse(bytes.length, `it ends after ${bytes.length} bytes`);
  const header = uint32sOf(bytes.subarray(0, HEADER_BYTES));
  const [entries, listed, width, valueBytes] = header as unknown as [number, number, number, number];
  if (![1, 2, 4].includes(width)) throw refuse(8, `a code has ${width} bytes`);
  if (listed !== 0 && listed !== entries) throw refuse(4, `${listed} documents for ${entries} entries`);
  const codesAt = HEADER_BYTES + 4 * listed;
  const valuesAt = codesAt + width * entries;
  if (valuesAt + valueBytes !== bytes.length)
    throw refuse(0, `${bytes.length} bytes instead of ${valuesAt + valueBytes}`);
  return { listed, width, codesAt, valuesAt };
};

/** Views on a column's bytes. Lengths and codes are checked here, documents by those who know how many there are. */
export const unpackColumn = (bytes: Uint8Array, refuse: Refuse): CodedColumn => {
  const { listed, width, codesAt, valuesAt } = layoutOf(bytes, refuse);
  const values = parseList(bytes.subarray(valuesAt), () => refuse(valuesAt, 'its values are no JSON list'));
  const codes = codesOf(bytes.subarray(codesAt, valuesAt), width);
  assertBelow(codes, values.length, (entry) => refuse(codesAt + entry * width, 'a code without a value'));
  return {
    codes,
    values,
    ...(listed > 0 && { documents: uint32sOf(bytes.subarray(HEADER_BYTES, codesAt)) }),
  };
};

/** Checks that all are below `limit`; `refuse` is called with the position of the first that is not. */
export const assertBelow = (values: Codes, limit: number, refuse: (position: number) => Error): void => {
  for (let at = 0; at < values.length; at += 1) if ((values[at] as number) >= limit) throw refuse(at);
};
