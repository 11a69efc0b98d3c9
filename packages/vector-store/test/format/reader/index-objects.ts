import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { Cursor, json, openContainer, refuse } from './bytes.ts';

/** Gives the bytes of an object. */
export type Get = (key: string) => Promise<Uint8Array>;

export interface Counts {
  documents: number;
  chunks: number;
  tombstones: number;
}

export interface PlaneRange {
  name: string;
  start: number;
  end: number;
  crc32: number;
}

export interface Descriptor extends Counts {
  key: string;
  sizeBytes: number;
  sha256: string;
  terms: number;
  planes: PlaneRange[];
  dead?: { ordinals: string; counts: Counts };
}

export interface Index {
  model: { id: string; dims: number };
  analyzer: string;
  segments: Descriptor[];
}

export interface Head {
  format: string;
  version: number;
  manifestKey: string;
  manifestSha256: string;
  counts: Counts;
  setHash: string;
  index?: string;
  indexCrc32?: number;
}

/** A whole segment. */
export interface StoredSegment {
  descriptor: Descriptor;
  planes: Map<string, Uint8Array>;
  dead: Set<number>;
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const deadOf = ({ dead }: Descriptor): Set<number> => {
  const cursor = new Cursor(Buffer.from(dead?.ordinals ?? '', 'base64'));
  const ordinals = new Set<number>();
  let ordinal = 0;
  while (!cursor.isAtEnd) {
    ordinal += cursor.varint();
    ordinals.add(ordinal);
  }
  return ordinals;
};

export const readHead = async (get: Get, indexPath: string): Promise<Head> => {
  const head = json(await get(`${indexPath}HEAD`)) as Head;
  if (head.format !== 'head.v1') throw refuse('HEAD', 'another format');
  return head;
};

/** The index of the current version, from the manifest, or from HEAD when it is there. */
export const readIndex = async (get: Get, head: Head, from: 'HEAD' | 'manifest'): Promise<Index> => {
  if (from === 'HEAD') {
    if (head.index === undefined || crc32(head.index) !== head.indexCrc32)
      throw refuse('HEAD', 'its index is damaged');
    return JSON.parse(head.index) as Index;
  }
  const bytes = await get(head.manifestKey);
  if (sha256(bytes) !== head.manifestSha256) throw refuse(head.manifestKey, 'another sha256');
  return (json(bytes) as { index: Index }).index;
};

export const readSegment = async (get: Get, descriptor: Descriptor): Promise<StoredSegment> => {
  const bytes = await get(descriptor.key);
  if (sha256(bytes) !== descriptor.sha256) throw refuse(descriptor.key, 'another sha256');
  const planes = openContainer(bytes, { magic: 'ALVSEGMT', version: 2 });
  for (const { name, start, end } of descriptor.planes)
    if (Buffer.compare(bytes.subarray(start, end), planes.get(name) ?? new Uint8Array()) !== 0)
      throw refuse(name, 'the manifest and the directory differ');
  return { descriptor, planes, dead: deadOf(descriptor) };
};
