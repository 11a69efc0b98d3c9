import { PipelineError } from '@alluvium/contracts';
import { crc32 } from 'node:zlib';
import { isCount, isText, listOf, recordOf } from './json-shapes.ts';
import { corruptObject } from '../store/store-errors.ts';

/**
 * The envelope of deltas and segments, little endian:
 * header of 28 bytes (8 magic, u32 version, u32 directory length, u32 directory crc32, u32 total length,
 * u32 crc32 of the 24 bytes before), directory (JSON), planes back to back. Header and directory keep this form in every version.
 */
const HEADER_BYTES = 28;

/** What an envelope holds. */
export interface ContainerFormat {
  /** 8 ASCII characters. */
  magic: string;
  /** The version that is written, and the newest that is read. */
  version: number;
  /** The oldest that is read. */
  oldestVersion: number;
  /** Name in messages, such as `delta`. */
  noun: string;
}

/** Place of a plane; offsets count from the first byte of the object, `end` is exclusive. */
export interface PlaneRange {
  name: string;
  start: number;
  end: number;
  crc32: number;
}

interface DirectoryEntry {
  name: string;
  length: number;
  crc32: number;
}

const fail = (format: ContainerFormat, plane: string, offset: number, what: string): PipelineError =>
  corruptObject(
    `${format.noun.toUpperCase()}_CORRUPT`,
    `The ${format.noun} is corrupt in plane ${plane} at byte ${offset}: ${what}`,
    { plane, offset },
  );

const header = (format: ContainerFormat, directory: Uint8Array, totalBytes: number): Uint8Array => {
  const bytes = new Uint8Array(HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  bytes.set(Buffer.from(format.magic, 'latin1'));
  view.setUint32(8, format.version, true);
  view.setUint32(12, directory.length, true);
  view.setUint32(16, crc32(directory), true);
  view.setUint32(20, totalBytes, true);
  view.setUint32(24, crc32(bytes.subarray(0, 24)), true);
  return bytes;
};

/** Packs named planes, at most 4 GiB together. */
export const packContainer = (
  format: ContainerFormat,
  planes: readonly { name: string; bytes: Uint8Array }[],
): { bytes: Uint8Array; planes: PlaneRange[] } => {
  const entries = planes.map(({ name, bytes }) => ({ name, length: bytes.length, crc32: crc32(bytes) }));
  const directory = Buffer.from(JSON.stringify(entries));
  const ranges = rangesOf(entries, HEADER_BYTES + directory.length);
  const totalBytes = ranges.at(-1)?.end ?? HEADER_BYTES + directory.length;
  const bytes = new Uint8Array(totalBytes);
  bytes.set(header(format, directory, totalBytes));
  bytes.set(directory, HEADER_BYTES);
  ranges.forEach(({ start }, index) => {
    bytes.set(planes[index]?.bytes ?? new Uint8Array(), start);
  });
  return { bytes, planes: ranges };
};

const rangesOf = (entries: readonly DirectoryEntry[], base: number): PlaneRange[] => {
  let offset = base;
  return entries.map(({ name, length, crc32: checksum }) => {
    const start = offset;
    offset += length;
    return { name, start, end: offset, crc32: checksum };
  });
};

const assertHeader = (format: ContainerFormat, bytes: Uint8Array): DataView => {
  if (bytes.length < HEADER_BYTES)
    throw fail(format, 'header', bytes.length, `it ends after ${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = Buffer.from(bytes.subarray(0, 8)).toString('latin1');
  if (magic !== format.magic) throw fail(format, 'header', 0, `it does not begin with ${format.magic}`);
  if (view.getUint32(24, true) !== crc32(bytes.subarray(0, 24)))
    throw fail(format, 'header', 24, 'its checksum does not match');
  const version = view.getUint32(8, true);
  if (version > format.version || version < format.oldestVersion)
    throw new PipelineError(
      `The ${format.noun} has version ${version}; this release reads ${format.oldestVersion} to ${format.version}`,
      {
        code: 'FORMAT_UNSUPPORTED',
        kind: 'invalid',
        details: { plane: 'header', offset: 8, version },
      },
    );
  if (view.getUint32(20, true) !== bytes.length)
    throw fail(
      format,
      'header',
      bytes.length,
      `it has ${bytes.length} bytes instead of ${view.getUint32(20, true)}`,
    );
  return view;
};

const isEntry = recordOf({ name: isText, length: isCount, crc32: isCount });

const parseDirectory = (directory: Uint8Array): DirectoryEntry[] | undefined => {
  try {
    const entries: unknown = JSON.parse(Buffer.from(directory).toString('utf8'));
    return listOf(isEntry)(entries) ? (entries as DirectoryEntry[]) : undefined;
  } catch {
    return undefined;
  }
};

const directoryOf = (format: ContainerFormat, bytes: Uint8Array, view: DataView): PlaneRange[] => {
  const refuse = (what: string): Error => fail(format, 'directory', HEADER_BYTES, what);
  const base = HEADER_BYTES + view.getUint32(12, true);
  if (base > bytes.length) throw refuse('it does not end with the object');
  const directory = bytes.subarray(HEADER_BYTES, base);
  if (crc32(directory) !== view.getUint32(16, true)) throw refuse('its checksum does not match');
  const entries = parseDirectory(directory);
  if (!entries) throw refuse('it is no list of planes');
  if (new Set(entries.map(({ name }) => name)).size < entries.length) throw refuse('a plane is named twice');
  const ranges = rangesOf(entries, base);
  const end = ranges.at(-1)?.end ?? base;
  if (end !== bytes.length) throw refuse(`its planes end at byte ${end} of ${bytes.length}`);
  return ranges;
};

/** Checks every byte of an envelope and gives its planes as views on `bytes`. Errors: `<NOUN>_CORRUPT`, FORMAT_UNSUPPORTED. */
export const unpackContainer = (format: ContainerFormat, bytes: Uint8Array): Map<string, Uint8Array> => {
  const view = assertHeader(format, bytes);
  const ranges = directoryOf(format, bytes, view);
  return new Map(ranges.map((range) => [range.name, checkedPlane(format, range, bytes)] as const));
};

const checkedPlane = (format: ContainerFormat, range: PlaneRange, bytes: Uint8Array): Uint8Array => {
  const plane = bytes.subarray(range.start, range.end);
  assertPlane(format, range, plane);
  return plane;
};

/** Checks the bytes of one plane, as they came from a range read. */
export const assertPlane = (format: ContainerFormat, range: PlaneRange, plane: Uint8Array): void => {
  if (plane.length !== range.end - range.start)
    throw fail(format, range.name, range.start, `${plane.length} bytes of ${range.end - range.start}`);
  if (crc32(plane) !== range.crc32)
    throw fail(format, range.name, range.start, 'its checksum does not match');
};

/** The plane `name`, which the format says is there. */
export const requirePlane = (
  format: ContainerFormat,
  planes: ReadonlyMap<string, Uint8Array>,
  name: string,
): Uint8Array => {
  const plane = planes.get(name);
  if (!plane) throw fail(format, name, 0, 'it is missing');
  return plane;
};
