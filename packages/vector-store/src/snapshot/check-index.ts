import { PipelineError } from '@alluvium/contracts';
import {
  isCount,
  isRecord,
  isSha256,
  isText,
  listOf,
  optional,
  recordOf,
  wrongField,
} from '../bytes/json-shapes.ts';
import { descriptorFault, isCounts } from '../segment/check-descriptor.ts';
import { SEGMENT_FORMAT } from '../segment/segment-format.ts';
import { corruptObject } from '../store/store-errors.ts';

const INDEX_OF_KEY = /\/model=([^/]+)\/dims=(\d+)\//;

const POINTER = { key: isText, sha256: isSha256, sizeBytes: isCount };

const HEAD = {
  version: isCount,
  fence: isCount,
  publishId: isText,
  parentPublishId: optional(isText),
  manifestKey: optional(isText),
  manifestSha256: optional(isSha256),
  counts: isCounts,
  setHash: isSha256,
  recentPublishIds: listOf(isText),
  createdAt: isText,
  index: optional(isText),
  indexCrc32: optional(isCount),
};

const isVersionEntry = recordOf({
  version: isCount,
  publishId: isText,
  sha256: isSha256,
  createdAt: isText,
  documents: isCount,
  chunks: isCount,
});

const PUBLISH = {
  version: isCount,
  publishId: isText,
  fence: isCount,
  createdAt: isText,
  counts: isCounts,
  setHash: isSha256,
  applied: recordOf(POINTER),
  history: optional(recordOf({ recent: listOf(isVersionEntry), older: optional(recordOf(POINTER)) })),
};

const INDEX = {
  model: recordOf({ id: isText, dims: (value) => isCount(value) && value > 0 }),
  analyzer: isText,
  segments: Array.isArray,
};

/** What is wrong with a HEAD, in words, or `undefined`; its index is not looked at. */
export const headFault = (value: unknown): string | undefined => wrongField(HEAD, value);

/** What is wrong with the publish section of a manifest, in words, or `undefined`. */
export const publishFault = (value: unknown): string | undefined => wrongField(PUBLISH, value);

/** What is wrong with a page of the log of versions, in words, or `undefined`. */
export const historyFault = (value: unknown): string | undefined =>
  wrongField({ versions: listOf(isVersionEntry), older: optional(recordOf(POINTER)) }, value);

const modelFault = ({ id, dims }: { id: string; dims: number }, key: string): string | undefined => {
  const [, pathId = id, pathDims = String(dims)] = INDEX_OF_KEY.exec(key) ?? [];
  return id === pathId && String(dims) === pathDims ? undefined : `its model is ${id} of ${dims} dimensions`;
};

// A segment of a newer format must not look corrupt: its planes may have other sizes.
const assertReadable = (segment: unknown, key: string): void => {
  const version = isRecord(segment) ? segment['version'] : undefined;
  if (!isCount(version) || version === SEGMENT_FORMAT.version) return;
  throw new PipelineError(
    `${key} names a segment of version ${version}; this release reads version ${SEGMENT_FORMAT.version}`,
    { code: 'FORMAT_UNSUPPORTED', kind: 'invalid', details: { key, version } },
  );
};

/**
 * Checks an index that `key` holds: fields, and sizes against counts. Errors: `code` (corrupt), FORMAT_UNSUPPORTED for a segment of a
 * newer format.
 */
export const assertIndex = (value: unknown, key: string, code: string): void => {
  const refuse = (fault: string, details: object = {}): Error =>
    corruptObject(code, `The index within ${key} is corrupt: ${fault}`, { key, ...details });
  const wrong = wrongField(INDEX, value);
  if (wrong !== undefined) throw refuse(wrong);
  const { model, segments } = value as { model: { id: string; dims: number }; segments: unknown[] };
  const otherModel = modelFault(model, key);
  if (otherModel !== undefined) throw refuse(otherModel);
  for (const [index, segment] of segments.entries()) {
    assertReadable(segment, key);
    const fault = descriptorFault(segment, model.dims);
    if (fault !== undefined) throw refuse(`segment ${index}: ${fault}`, { segment: index });
  }
};
