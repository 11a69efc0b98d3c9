import { beforeAll, describe, expect, it } from '@jest/globals';
import { crc32 } from 'node:zlib';
import { packContainer, unpackContainer } from '../../src/bytes/container.ts';
import { memoryObjectStore, openSnapshot, residentCache, type Snapshot } from '../../src/index.ts';
import { packOrdinals } from '../../src/segment/dead-documents.ts';
import { SEGMENT_FORMAT, type SegmentDescriptor } from '../../src/segment/segment-format.ts';
import { deltaOf, documentOf, INDEX_PATH } from '../deltas.ts';
import { readIndexObjects, sealManifest, storeOf, type IndexObjects } from '../fuzz/index-objects.ts';
import { committed } from '../publisher.ts';

let objects: IndexObjects;

beforeAll(async () => {
  const store = memoryObjectStore();
  await committed(store, [
    deltaOf(
      0,
      Array.from({ length: 9 }, (_, id) => documentOf(id)),
    ),
  ]);
  objects = await readIndexObjects(store, INDEX_PATH);
});

const withSegment = (change: (segment: SegmentDescriptor) => unknown, isInline: boolean): IndexObjects => {
  const { manifest } = objects;
  const [segment] = manifest.index.segments;
  const index = { ...manifest.index, segments: [change(segment as SegmentDescriptor)] };
  return sealManifest(objects, { ...manifest, index }, isInline);
};

const open = async (changed: IndexObjects): Promise<Snapshot | undefined> =>
  openSnapshot(await storeOf(changed), INDEX_PATH, { cache: residentCache({ memoryBytes: 0 }) });

const stretched = (segment: SegmentDescriptor, name: string, bytes: number): SegmentDescriptor => {
  let shift = 0;
  const planes = segment.planes.map((plane) => {
    const start = plane.start + shift;
    if (plane.name === name) shift += bytes;
    return { ...plane, start, end: plane.end + shift };
  });
  return { ...segment, planes, sizeBytes: segment.sizeBytes + shift };
};

const dead = (ordinals: string, documents: number, chunks: number) => ({
  ordinals,
  counts: { documents, chunks, tombstones: 0 },
});

const LIES: [string, (segment: SegmentDescriptor) => unknown][] = [
  ['is nothing', () => null],
  ['has no planes', (segment) => ({ ...segment, planes: undefined })],
  ['has a plane twice', (segment) => ({ ...segment, planes: [...segment.planes, ...segment.planes] })],
  ['lacks a plane', (segment) => ({ ...segment, planes: segment.planes.slice(0, -1) })],
  ['has planes in another order', (segment) => ({ ...segment, planes: segment.planes.toReversed() })],
  ['is larger than its planes', (segment) => ({ ...segment, sizeBytes: segment.sizeBytes + 1 })],
  ['has more chunks than rows', (segment) => ({ ...segment, chunks: segment.chunks + 1 })],
  ['has a thousand million documents', (segment) => ({ ...segment, documents: 1e9 })],
  ['has more tombstones', (segment) => ({ ...segment, tombstones: 1 })],
  ['has longer rows', (segment) => stretched(segment, 'rows', 8)],
  ['has petabytes of payload', (segment) => stretched(segment, 'payload', 1e15)],
  ['has a dead document too many', (segment) => ({ ...segment, dead: dead(packOrdinals([9]), 1, 2) })],
  ['has one dead document twice', (segment) => ({ ...segment, dead: dead('AwA=', 2, 4) })],
  ['has more dead than it counts', (segment) => ({ ...segment, dead: dead(packOrdinals([1, 2]), 1, 2) })],
  ['has more dead chunks than chunks', (segment) => ({ ...segment, dead: dead(packOrdinals([1]), 1, 99) })],
  ['has no statistics', (segment) => ({ ...segment, statistics: null })],
  ['has odd statistics', (segment) => ({ ...segment, statistics: { complete: true, attributes: { a: 1 } } })],
  ['has half a calibration', (segment) => ({ ...segment, calibration: { probedRows: { p95: 1 } } })],
];

describe.each([true, false])('a manifest (within HEAD: %s)', (isInline) => {
  it.each(LIES)('is refused when a segment %s', async (_name, change) => {
    await expect(open(withSegment(change, isInline))).rejects.toMatchObject({
      code: isInline ? 'HEAD_CORRUPT' : 'MANIFEST_CORRUPT',
      kind: 'corrupt',
      details: { key: expect.any(String) },
    });
  });

  it('is unsupported when a segment has a newer format', async () => {
    await expect(
      open(withSegment((segment) => ({ ...segment, version: 3, planes: [] }), isInline)),
    ).rejects.toMatchObject({ code: 'FORMAT_UNSUPPORTED', details: { version: 3 } });
  });

  it('is read when a segment says nothing of its format, as those of the first release', async () => {
    const snapshot = await open(withSegment(({ version: _version, ...segment }) => segment, isInline));
    expect((await snapshot?.search({ text: 'stone', k: 3, mode: 'lexical' }))?.hits).toHaveLength(3);
  });

  it('is refused when it is of another model than its path', async () => {
    const index = { ...objects.manifest.index, model: { id: 'other@0123456789ab', dims: 8 } };
    const changed = sealManifest(objects, { ...objects.manifest, index }, isInline);
    await expect(open(changed)).rejects.toMatchObject({ kind: 'corrupt' });
  });

  it('costs no memory when all its numbers agree and the object is short', async () => {
    const snapshot = await open(withSegment((segment) => stretched(segment, 'payload', 2e9), isInline));
    const before = process.memoryUsage().arrayBuffers;
    const segment = snapshot?.view.segments[0];
    await expect(segment?.whole('payload', { requests: 0, bytes: 0 })).rejects.toMatchObject({
      code: 'OBJECT_CORRUPT',
    });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1e8);
  });
});

describe('an envelope', () => {
  const planes = [
    { name: 'a', bytes: Uint8Array.of(1, 2, 3) },
    { name: 'b', bytes: Uint8Array.of(4) },
  ];

  const withDirectory = (text: string, rest = Uint8Array.of(1, 2, 3, 4)): Uint8Array => {
    const { bytes } = packContainer(SEGMENT_FORMAT, planes);
    const directory = Buffer.from(text);
    const sealed = Buffer.concat([bytes.subarray(0, 28), directory, rest]);
    sealed.writeUInt32LE(directory.length, 12);
    sealed.writeUInt32LE(crc32(directory), 16);
    sealed.writeUInt32LE(sealed.length, 20);
    sealed.writeUInt32LE(crc32(sealed.subarray(0, 24)), 24);
    return sealed;
  };

  const entry = (name: string, ...bytes: number[]) => ({
    ...{ name, length: bytes.length, crc32: crc32(Uint8Array.from(bytes)) },
  });

  it.each([
    ['no JSON', '['],
    ['no list', '{}'],
    ['an entry that is none', '[null]'],
    ['a length below 0', JSON.stringify([{ ...entry('a'), length: -1 }])],
    ['a plane twice', JSON.stringify([entry('a', 1, 2), entry('a', 3, 4)])],
    ['bytes that no plane has', JSON.stringify([entry('a', 1, 2, 3)])],
    ['planes past its end', JSON.stringify([entry('a', 1, 2, 3, 4, 5)])],
  ])('is refused when its directory has %s', (_name, text) => {
    expect(() => unpackContainer(SEGMENT_FORMAT, withDirectory(text))).toThrow(
      expect.objectContaining({
        code: 'SEGMENT_CORRUPT',
        details: expect.objectContaining({ plane: 'directory' }),
      }),
    );
  });

  it.each([0, 1, 3])('is unsupported in version %i', (version) => {
    const { bytes } = packContainer({ ...SEGMENT_FORMAT, version }, planes);
    expect(() => unpackContainer(SEGMENT_FORMAT, bytes)).toThrow(
      expect.objectContaining({ code: 'FORMAT_UNSUPPORTED' }),
    );
  });
});
