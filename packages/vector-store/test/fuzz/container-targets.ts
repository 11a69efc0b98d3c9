import { crc32 } from 'node:zlib';
import { packContainer, unpackContainer, type ContainerFormat } from '../../src/bytes/container.ts';
import { decodeDelta, encodeDelta, type DeltaDocument } from '../../src/index.ts';
import { SegmentContents, termsOfRow, chunkIdOf } from '../../src/segment/segment-contents.ts';
import { SEGMENT_FORMAT } from '../../src/segment/segment-format.ts';
import { DIMS, formatDocument } from '../format/corpus.ts';
import { mutateBytes, mutateJson } from './mutate.ts';
import { Violation } from './outcome.ts';
import type { Random } from './random.ts';
import type { FuzzTarget } from './target.ts';

const DELTA: ContainerFormat = { magic: 'ALVDELTA', version: 1, oldestVersion: 1, noun: 'delta' };

const delta = encodeDelta({
  deltaId: 'delta-1',
  collection: 'docs',
  runId: 'run',
  attempt: 1,
  part: 0,
  model: { id: 'tiny@0123456789ab', dims: DIMS },
  documents: [formatDocument(10, 2), formatDocument(12, 1), formatDocument(13, 1, true)],
});

const asJson = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return undefined;
  }
};

/** A plane changed as what it is: JSON mostly as JSON. */
export const mutatePlane = (bytes: Uint8Array, random: Random): Uint8Array => {
  const value = random.below(4) > 0 ? asJson(bytes) : undefined;
  return typeof value === 'object'
    ? Buffer.from(JSON.stringify(mutateJson(value, random)))
    : mutateBytes(bytes, random);
};

/** One or two planes changed, checksums right. */
const mutatePlanes = (format: ContainerFormat, bytes: Uint8Array, random: Random): Uint8Array => {
  const planes = [...unpackContainer(format, bytes)].map(([name, own]) => ({ name, bytes: own }));
  for (let left = 1 + random.below(2); left > 0; left -= 1) {
    const plane = random.pick(planes);
    plane.bytes = mutatePlane(plane.bytes, random);
  }
  const kept = random.below(20) === 0 ? planes.filter(() => random.below(6) > 0) : planes;
  return packContainer(format, kept).bytes;
};

/** Header and directory changed, their checksums right. */
const mutateDirectory = (bytes: Uint8Array, random: Random): Uint8Array => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const end = 28 + view.getUint32(12, true);
  const directory = mutatePlane(bytes.subarray(28, end), random);
  const sealed = Buffer.concat([bytes.subarray(0, 28), directory, bytes.subarray(end)]);
  sealed.writeUInt32LE(random.below(8) === 0 ? random.below(2 ** 32) : directory.length, 12);
  sealed.writeUInt32LE(crc32(directory), 16);
  sealed.writeUInt32LE(random.below(8) === 0 ? bytes.length : sealed.length, 20);
  if (random.below(8) === 0) sealed.writeUInt32LE(random.below(5), 8);
  sealed.writeUInt32LE(crc32(sealed.subarray(0, 24)), 24);
  return new Uint8Array(sealed);
};

const useDocuments = (documents: readonly DeltaDocument[]): void => {
  for (const { documentId, chunks } of documents) {
    if (typeof documentId !== 'string') throw new Violation('a document without an id was let through');
    for (const { vector, text } of chunks)
      if (vector.length !== DIMS || typeof text !== 'string')
        throw new Violation('a chunk without its vector or text was let through');
  }
};

const readDelta = (bytes: Uint8Array): void => {
  const { model, documents } = decodeDelta(bytes);
  if (model.dims === DIMS) useDocuments(documents);
};

const readContents = async (bytes: Uint8Array): Promise<void> => {
  const contents = new SegmentContents(bytes, DIMS);
  for (let document = 0; document < contents.documents; document += 1)
    for (const { row, record } of contents.document(document).rows) {
      chunkIdOf(record);
      if (contents.vector(row).components.length !== DIMS) throw new Violation('a row is too short');
    }
  const lexicon = await contents.lexicon();
  for (let row = 0; row < contents.rows; row += 1) termsOfRow(lexicon, row);
};

const mustRefuse = (what: string, read: () => void): void => {
  read();
  throw new Violation(`${what} with a byte changed was taken for whole`);
};

/** Deltas, envelopes and whole segments; `segment` is a good one. */
export const containerTargets = (segment: Uint8Array): FuzzTarget[] => [
  {
    name: 'a delta, damaged',
    run: async (random) => mustRefuse('a delta', () => decodeDelta(mutateBytes(delta, random))),
  },
  {
    name: 'a delta, other planes',
    run: async (random) => readDelta(mutatePlanes(DELTA, delta, random)),
  },
  {
    name: 'a delta, another directory',
    run: async (random) => readDelta(mutateDirectory(delta, random)),
  },
  {
    name: 'a segment, damaged',
    run: async (random) =>
      mustRefuse('a segment', () => unpackContainer(SEGMENT_FORMAT, mutateBytes(segment, random))),
  },
  {
    name: 'a segment, other planes',
    run: async (random) => readContents(mutatePlanes(SEGMENT_FORMAT, segment, random)),
  },
  {
    name: 'a segment, another directory',
    run: async (random) => readContents(mutateDirectory(segment, random)),
  },
];
