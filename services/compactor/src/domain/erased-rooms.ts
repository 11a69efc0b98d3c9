import { gunzipSync } from 'node:zlib';
import type { RawRecordV1 } from '@alluvium/contracts';
import { decodeDelta } from '@alluvium/vector-store';
import { mayBeSought, type Described, type Sought } from './sought.ts';

/** Greatest unpacked size of what is searched, in bytes: a bound against decompression bombs. */
const MAX_UNPACKED_BYTES = 512 * 1024 * 1024;

/** Tells whether an object holds something of the documents; throws where it cannot be read. */
type Holds = (bytes: Uint8Array, key: string, sought: Sought) => boolean;

/** Where something of a document may lie outside the indexes. */
export interface Room {
  prefix: string;
  holds: Holds;
}

const isPacked = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

const textOf = (bytes: Uint8Array): string =>
  (isPacked(bytes)
    ? gunzipSync(bytes, { maxOutputLength: MAX_UNPACKED_BYTES })
    : Buffer.from(bytes)
  ).toString('utf8');

const linesOf = (bytes: Uint8Array): unknown[] =>
  textOf(bytes)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown);

// A deletion has an identity and nothing else.
const holdsDocument: Holds = (bytes, _key, { documentIds }) =>
  (linesOf(bytes) as { documentId: string; deleted?: boolean }[]).some(
    ({ documentId, deleted }) => deleted !== true && documentIds.has(documentId),
  );

const holdsRawRecord: Holds = (bytes, _key, sought) =>
  (linesOf(bytes) as RawRecordV1[]).some((record) => mayBeSought(sought, record));

const holdsInDelta: Holds = (bytes, _key, { documentIds }) =>
  decodeDelta(bytes).documents.some(({ documentId, deleted }) => !deleted && documentIds.has(documentId));

const REJECTS = '/rejects/';

// What a run derived, and the records that it left out: a reason may quote the record.
const holdsDerived: Holds = (bytes, key, sought) =>
  key.includes(REJECTS) ? holdsRawRecord(bytes, key, sought) : holdsDocument(bytes, key, sought);

/** Documents of an object under `derived/`, as a filter sees them; throws where it cannot be read. */
export const documentsIn = (bytes: Uint8Array, key: string): (Described & { documentId: string })[] =>
  key.includes(REJECTS) ? [] : (linesOf(bytes) as (Described & { documentId: string })[]);

const PAGE = /^runs\/[^/]+\/pages\/[^/]+\.json$/;

// Only pages hold texts; what else lies with a run holds ids and times.
const holdsPage: Holds = (bytes, key, sought) => {
  if (!PAGE.test(key)) return false;
  const { records } = JSON.parse(textOf(bytes)) as { records: RawRecordV1[] };
  return records.some((record) => mayBeSought(sought, record));
};

const GOES_ON = /^[\p{L}\p{N}_/-]/u;

// One id may be the beginning of another.
const names = (text: string, documentId: string): boolean => {
  for (let at = text.indexOf(documentId); at >= 0; at = text.indexOf(documentId, at + 1))
    if (!GOES_ON.test(text.slice(at + documentId.length, at + documentId.length + 2))) return true;
  return false;
};

/** Whatever names one of the documents: an answer that cites it. */
const mentions: Holds = (bytes, _key, { documentIds }) => {
  const text = textOf(bytes);
  return [...documentIds].some((documentId) => names(text, JSON.stringify(documentId).slice(1, -1)));
};

const UPLOADED = /^inbox\/[^/]+\/[^/]+\/(.+)$/s;

const isUpload: Holds = (_bytes, key, { entities }) => entities.has(UPLOADED.exec(key)?.[1] ?? '');

/** Rooms of a collection, of the names under which its indexes are kept, and of its runs; `jobs` and `retrievals` are everybody's. */
export const roomsOf = (
  collection: string,
  { names, runIds }: { names: readonly string[]; runIds: readonly string[] },
): Room[] => [
  { prefix: `inbox/${collection}/`, holds: isUpload },
  { prefix: `raw/${collection}/`, holds: holdsRawRecord },
  ...runIds.map((runId) => ({ prefix: `runs/${runId}/`, holds: holdsPage })),
  { prefix: `derived/${collection}/`, holds: holdsDerived },
  ...names.flatMap((name) => [
    { prefix: `chunks/${name}/`, holds: holdsDocument },
    { prefix: `embeddings/${name}/`, holds: holdsInDelta },
  ]),
  { prefix: 'jobs/', holds: mentions },
  { prefix: 'retrievals/', holds: mentions },
];

/** Requests to providers name no document: they go with the part whose chunks they hold. */
export const batchesOf = (names: readonly string[]): string[] => names.map((name) => `batches/${name}/`);

const PART = /([0-9a-z]{26})\/(\d+)(?:-[^/]*)?(?:\.[a-z.]+|\/[^/]+)?$/;

/** `<run>/<part>` of an object that belongs to a part of a run. */
export const partOf = (key: string): string | undefined => {
  const [, runId, part] = PART.exec(key) ?? [];
  return runId === undefined || part === undefined ? undefined : `${runId}/${part}`;
};

const RUN = /^(?:raw|derived|chunks|embeddings)\/[^/]+\/(?:\d{4}\/\d{2}\/\d{2}\/)?([0-9a-z]{26})\//;

/** The run that an object belongs to; undefined for one of no run. */
export const runOf = (key: string): string | undefined => RUN.exec(key)?.[1];
