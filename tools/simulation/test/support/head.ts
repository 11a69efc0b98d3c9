import type { Head } from '@alluvium/vector-store';

/** Some sha256. */
export const HASH = 'a'.repeat(64);

/** A HEAD with three publishes behind it. */
export const head = (rest: Partial<Head> = {}): Head => ({
  format: 'head.v1',
  version: 3,
  fence: 5,
  publishId: 'P3',
  parentPublishId: 'P2',
  manifestKey: 'manifests/3',
  manifestSha256: HASH,
  counts: { documents: 1, chunks: 2, tombstones: 0 },
  setHash: HASH,
  recentPublishIds: ['P1', 'P2', 'P3'],
  createdAt: '2026-01-01T00:00:00.000Z',
  ...rest,
});
