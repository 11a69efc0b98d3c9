import type { DeltaDocument } from '../delta/delta.ts';
import { assembleDocuments, type ImportOptions } from './assemble-documents.ts';
import { notImportable } from './exchange-error.ts';
import { recordsOf, type ExchangeRecord } from './exchange-record.ts';
import { f32Text } from './f32-text.ts';
import { splitLines } from './split-lines.ts';
import type { ForeignRecord } from './read-record.ts';

/** How JSON lines are written. */
export interface JsonlOptions {
  /** Significant digits of a vector's numbers (1 to 9), for smaller files; without it every f32 is given back exactly. */
  vectorDigits?: number;
}

const vectorText = (vector: Float32Array, digits: number | undefined): string => {
  const text = digits === undefined ? f32Text : (value: number) => String(Number(value.toPrecision(digits)));
  // Array.from, because map of a Float32Array gives numbers again.
  return `[${Array.from(vector, text).join(',')}]`;
};

const lineOf = ({ id, vector, meta }: ExchangeRecord, digits: number | undefined): string => {
  const numbers = vector === null ? 'null' : vectorText(vector, digits);
  return `{"id":${JSON.stringify(id)},"vector":${numbers},"meta":${JSON.stringify(meta)}}\n`;
};

/** Documents as JSON lines `{"id","vector","meta"}`, one for each chunk; see `ExchangeRecord`. One piece of bytes a document. */
export async function* toJsonl(
  documents: AsyncIterable<DeltaDocument>,
  { vectorDigits }: JsonlOptions = {},
): AsyncIterable<Uint8Array> {
  for await (const document of documents)
    yield Buffer.from(
      recordsOf(document)
        .map((record) => lineOf(record, vectorDigits))
        .join(''),
    );
}

const parseLine = (place: string, text: string): ForeignRecord => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw notImportable(place, `it must be one JSON object: ${(cause as Error).message}`, cause);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw notImportable(place, 'it must be one JSON object with "id", "vector" and "meta"');
  const { id, vector, meta } = value as Record<string, unknown>;
  return { place, id, vector, meta };
};

async function* parseLines(bytes: AsyncIterable<Uint8Array>): AsyncIterable<ForeignRecord> {
  for await (const { number, text } of splitLines(bytes)) {
    if (text.trim() !== '') yield parseLine(`line ${number}`, text);
  }
}

/**
 * Documents out of JSON lines, in pieces of any size. Files of other systems are taken too: see `assembleDocuments`.
 * Error: IMPORT_INVALID, which names the line and what was expected there.
 */
export const fromJsonl = (
  bytes: AsyncIterable<Uint8Array>,
  options: ImportOptions = {},
): AsyncIterable<DeltaDocument> => assembleDocuments(parseLines(bytes), options);
