export {
  compareRevisions,
  type AttributeValue,
  type Delta,
  type DeltaChunk,
  type DeltaDocument,
  type Revision,
} from './delta.ts';
export { decodeDelta, encodeDelta } from './delta-codec.ts';
export {
  readObject,
  type ByteRange,
  type GetOptions,
  type ListedObject,
  type ObjectStore,
  type PutCondition,
  type PutOptions,
  type PutResult,
  type StoredObject,
} from './object-store.ts';
export { memoryObjectStore } from './object-store-memory.ts';
export { s3ObjectStore } from './object-store-s3.ts';
export { systemClock, type Clock } from './clock.ts';
export { Lease } from './lease.ts';
export { leaseTable } from './lease-table-dynamodb.ts';
export { memoryLeaseTable } from './lease-table-memory.ts';
export {
  type LeaseChange,
  type LeaseGrant,
  type LeaseItem,
  type LeaseKey,
  type LeaseTable,
  type LeaseWrite,
} from './lease-table.ts';
export { leases, type AcquireOptions, type Acquisition, type Leases, type LeasesOptions } from './leases.ts';
export { HISTORY_HORIZON_MS, type AppliedState, type DeltaRef } from './applied-deltas.ts';
export { foldDocuments } from './fold.ts';
export { readHead, type CurrentHead } from './head-object.ts';
export { headKey, parseIndexPath, type IndexIdentity } from './index-paths.ts';
export { type Head, type Manifest, type ObjectPointer } from './manifest.ts';
export { publish, type PublishOptions, type PublishResult } from './publish.ts';
export { type AppliedSet, type RejectedDelta } from './publish-input.ts';
export { verifySnapshot, type VerificationReport } from './verify-snapshot.ts';
export { type AttributeFilter, type RangeFilter, type SearchFilters } from './filters.ts';
export { type ReadMeter } from './range-reads.ts';
export {
  type SearchHit,
  type SearchMode,
  type SearchQuery,
  type SearchResult,
  type SearchTimings,
} from './search-types.ts';
export { openSnapshot, type Snapshot, type SnapshotDescription } from './snapshot.ts';
