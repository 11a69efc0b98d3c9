import type { PlaneRange } from '../bytes/container.ts';
import { isCount, isSha256, isText, listOf, optional, recordOf, wrongField } from '../bytes/json-shapes.ts';
import { asStatistics } from '../filters/attribute-statistics.ts';
import { blockBytes, BLOCK_ROWS } from '../kernel/vector-kernel.ts';
import { unpackOrdinals } from './dead-documents.ts';
import { rowStride } from './row-records.ts';
import { ordinalsOf, type SegmentDescriptor } from './segment-format.ts';

/** Nothing of a segment lies past what u32 offsets reach. */
const LARGEST_OBJECT = 2 ** 32;
const OPTIONAL_PLANES = new Set(['floats']);
/** Planes whose size does not follow from counts, but which every segment has. */
const OTHER_PLANES = [
  'clusters',
  'zones',
  'documentEntities',
  'attributeIndex',
  'attributes',
  'lexiconIndex',
  'lexicon',
  'postings',
  'payload',
];

const isFinite = (value: unknown): boolean => Number.isFinite(value);

const COUNTS = { documents: isCount, chunks: isCount, tombstones: isCount };

/** Whether a value is a SegmentCounts. */
export const isCounts = recordOf(COUNTS);

const isSpan = recordOf({ p95: isCount, p99: isCount });

const isStatistics = recordOf({
  entities: optional(listOf(isText)),
  modified: optional(
    recordOf({
      from: optional(isFinite),
      to: optional(isFinite),
      missing: (value) => typeof value === 'boolean',
    }),
  ),
  attributes: optional(
    (value) => recordOf({})(value) && Object.values(value as object).every((one) => asStatistics(one)),
  ),
  complete: (value) => typeof value === 'boolean',
});

const FIELDS = {
  ...COUNTS,
  key: isText,
  sizeBytes: isCount,
  sha256: isSha256,
  terms: isCount,
  version: optional(isCount),
  planes: listOf(recordOf({ name: isText, start: isCount, end: isCount, crc32: isCount })),
  statistics: isStatistics,
  calibration: optional(recordOf({ probedRows: isSpan, rescoredRows: isSpan })),
  dead: optional(recordOf({ ordinals: isText, counts: isCounts })),
};

const sizesOf = (descriptor: SegmentDescriptor, dims: number): [plane: string, bytes: number][] => {
  const [rows, documents] = [descriptor.chunks, ordinalsOf(descriptor)];
  return [
    ['codes', Math.ceil(rows / BLOCK_ROWS) * blockBytes(Math.ceil(dims / 4) * 4)],
    ['rows', rows * rowStride(dims)],
    ['floats', rows * dims * 4],
    ['rowDocuments', rows * 4],
    ['documentOffsets', (documents + 1) * 4],
    ['documentKeys', documents * 8],
    ['documentModified', documents * 8],
    ['entityIdHashes', documents * 8],
  ];
};

const placeFault = ({ planes, sizeBytes }: SegmentDescriptor): string | undefined => {
  if (sizeBytes >= LARGEST_OBJECT) return `it has ${sizeBytes} bytes`;
  if (new Set(planes.map(({ name }) => name)).size < planes.length) return 'a plane is named twice';
  const wrong = planes.find(
    ({ start, end }, index) => start > end || start !== (planes[index - 1]?.end ?? start),
  );
  if (wrong) return `plane ${wrong.name} does not follow the one before`;
  const end = planes.at(-1)?.end ?? 0;
  return end === sizeBytes ? undefined : `its planes end at byte ${end} of ${sizeBytes}`;
};

const sizeFault = (descriptor: SegmentDescriptor, dims: number): string | undefined => {
  const planes = new Map<string, PlaneRange>(descriptor.planes.map((range) => [range.name, range]));
  const missing = OTHER_PLANES.find((name) => !planes.has(name));
  if (missing !== undefined) return `plane ${missing} is missing`;
  for (const [name, bytes] of sizesOf(descriptor, dims)) {
    const range = planes.get(name);
    if (!range && OPTIONAL_PLANES.has(name)) continue;
    const found = range ? range.end - range.start : 0;
    if (!range || found !== bytes) return `plane ${name} has ${found} bytes instead of ${bytes}`;
  }
  return undefined;
};

const deadFault = (descriptor: SegmentDescriptor): string | undefined => {
  const { dead } = descriptor;
  if (!dead) return undefined;
  const ordinals = unpackOrdinals(dead.ordinals, ordinalsOf(descriptor));
  if (!ordinals) return `its dead documents do not ascend below ${ordinalsOf(descriptor)}`;
  const { documents, chunks, tombstones } = dead.counts;
  const isLess =
    documents <= descriptor.documents && chunks <= descriptor.chunks && tombstones <= descriptor.tombstones;
  return ordinals.length === ordinalsOf(dead.counts) && isLess
    ? undefined
    : `${ordinals.length} documents of it are dead, and are counted otherwise`;
};

/**
 * What is wrong with a segment's entry in a manifest, in words, or `undefined`. Sizes that follow from counts are held against each
 * other, so that no later read trusts a number alone.
 */
export const descriptorFault = (value: unknown, dims: number): string | undefined => {
  const wrong = wrongField(FIELDS, value);
  if (wrong !== undefined) return wrong;
  const descriptor = value as SegmentDescriptor;
  return placeFault(descriptor) ?? sizeFault(descriptor, dims) ?? deadFault(descriptor);
};
