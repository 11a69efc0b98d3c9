import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { Cursor, json, refuse } from './bytes.ts';
import type { StoredSegment } from './index-objects.ts';
import { planeOf } from './rows.ts';

type Scalar = string | number | boolean;

/** Pairs of document and value. */
export const readColumn = (bytes: Uint8Array): { document: number; value: Scalar }[] => {
  const cursor = new Cursor(bytes);
  const [entries, listed, width, valueBytes] = cursor.list(4, () => cursor.u32()) as [
    number,
    number,
    number,
    number,
  ];
  const documents =
    listed === 0
      ? Array.from({ length: entries }, (_, entry) => entry)
      : cursor.list(listed, () => cursor.u32());
  const code = { 1: () => cursor.u8(), 2: () => cursor.u16(), 4: () => cursor.u32() }[width];
  if (!code) throw refuse('column', `codes of ${width} bytes`);
  const codes = cursor.list(entries, code);
  const values = JSON.parse(cursor.text(valueBytes)) as Scalar[];
  return codes.map((one, entry) => ({ document: documents[entry] ?? -1, value: values[one] as Scalar }));
};

const distinct = (documents: readonly number[]): number[] =>
  [...new Set(documents)].sort((left, right) => left - right);

/** Ordinals of the documents of an entity. */
export const ofEntity = (segment: StoredSegment, entity: string): number[] =>
  readColumn(planeOf(segment, 'documentEntities'))
    .filter(({ value }) => value === entity)
    .map(({ document }) => document);

/** Ordinals of the documents changed from one time to before another. */
export const ofTime = (segment: StoredSegment, from: number, to: number): number[] => {
  const cursor = new Cursor(planeOf(segment, 'documentModified'));
  const { documents, tombstones } = segment.descriptor;
  const times = cursor.list(documents + tombstones, () => cursor.f64());
  return times.flatMap((time, document) => (time >= from && time < to ? [document] : []));
};

const hashesOf = (plane: Uint8Array, sought: string): number[] => {
  const key = createHash('sha256').update(sought).digest().subarray(0, 8);
  const count = plane.length / 8;
  return Array.from({ length: count }, (_, at) => at).filter((at) =>
    key.equals(plane.subarray(at * 8, at * 8 + 8)),
  );
};

/** Ordinals of the documents with an entityId. */
export const ofEntityId = (segment: StoredSegment, entityId: string): number[] =>
  hashesOf(planeOf(segment, 'entityIdHashes'), entityId);

/** Ordinals of the documents with a documentId. */
export const ofDocumentId = (segment: StoredSegment, documentId: string): number[] =>
  hashesOf(planeOf(segment, 'documentKeys'), documentId);

/** Ordinals of the documents one of whose values of an attribute passes. */
export const ofAttribute = (
  segment: StoredSegment,
  name: string,
  passes: (value: Scalar) => boolean,
): number[] => {
  const index = json(planeOf(segment, 'attributeIndex')) as {
    name: string;
    start: number;
    sizeBytes: number;
    crc32: number;
  }[];
  const entry = index.find((one) => one.name === name);
  if (!entry) return [];
  const bytes = planeOf(segment, 'attributes').subarray(entry.start, entry.start + entry.sizeBytes);
  if (crc32(bytes) !== entry.crc32) throw refuse('attributes', `${name} is damaged`);
  return distinct(
    readColumn(bytes)
      .filter(({ value }) => passes(value))
      .map(({ document }) => document),
  );
};

/** What the rows of each cluster have. */
export const readZones = (segment: StoredSegment) => {
  const cursor = new Cursor(planeOf(segment, 'zones'));
  const [clusters, entityBytes] = [cursor.u32(), cursor.u32()];
  const earliest = cursor.list(clusters, () => cursor.f64());
  const latest = cursor.list(clusters, () => cursor.f64());
  const bits = cursor.list(clusters, () => cursor.u32());
  const entities = JSON.parse(cursor.text(entityBytes)) as string[];
  return earliest.map((from, cluster) => ({
    from,
    to: latest[cluster] ?? 0,
    entities: entities.filter((_, bit) => Math.floor((bits[cluster] ?? 0) / 2 ** bit) % 2 === 1),
  }));
};
