export {
  compareRevisions,
  type AttributeValue,
  type Delta,
  type DeltaChunk,
  type DeltaDocument,
  type Revision,
} from './delta/delta.ts';
export { decodeDelta, encodeDelta } from './delta/delta-codec.ts';
export {
  readObject,
  type ByteRange,
  keepsVersions,
  type GetOptions,
  type ListedObject,
  type ListedVersion,
  type ObjectStore,
  type PutCondition,
  type PutOptions,
  type PutResult,
  type StoredObject,
  type VersionedObjectStore,
} from './store/object-store.ts';
export { memoryObjectStore } from './store/object-store-memory.ts';
export { s3ObjectStore } from './store/object-store-s3.ts';
export { pointersInDynamoDb, type PointerTable } from './store/pointer-store-dynamodb.ts';
export { systemClock, type Clock } from './clock.ts';
export { indexLeaseKey } from './lease/index-lease.ts';
export { Lease } from './lease/lease.ts';
export { leaseTable } from './lease/lease-table-dynamodb.ts';
export { memoryLeaseTable } from './lease/lease-table-memory.ts';
export {
  type LeaseChange,
  type LeaseGrant,
  type LeaseItem,
  type LeaseKey,
  type LeaseTable,
  type LeaseWrite,
} from './lease/lease-table.ts';
export {
  leases,
  type AcquireOptions,
  type Acquisition,
  type Leases,
  type LeasesOptions,
} from './lease/leases.ts';
export {
  HISTORY_HORIZON_MS,
  type AppliedRun,
  type AppliedState,
  type DeltaRef,
} from './publish/applied-deltas.ts';
export { foldDocuments } from './delta/fold.ts';
export { readHead, type CurrentHead } from './snapshot/head-object.ts';
export { headKey, intermediateKey, parseIndexPath, type IndexIdentity } from './snapshot/index-paths.ts';
export { type Head, type Manifest, type ObjectPointer, type VersionChange } from './snapshot/manifest.ts';
export {
  encodeIntermediate,
  intermediateCounts,
  mergeDeltas,
  mergeIntermediates,
  readIntermediate,
  type Intermediate,
  type IntermediateTarget,
} from './publish/intermediate.ts';
export { openAppliedSet } from './publish/open-applied-set.ts';
export { publish, type Publisher, type PublishOptions, type PublishResult } from './publish/publish.ts';
export { type AppliedSet, type RejectedDelta } from './publish/publish-input.ts';
export { verifySnapshot, type VerificationReport } from './snapshot/verify-snapshot.ts';
export { type AttributeFilter, type RangeFilter, type SearchFilters } from './filters/search-filters.ts';
export { FILTER_LIMITS, parseFilters, type FilterLimits } from './filters/parse-filters.ts';
export { residentCache, type CacheOptions, type CacheUsage, type PlaneCache } from './cache/plane-cache.ts';
export { type ReadMeter } from './store/range-reads.ts';
export { type Fragment, type TextRange } from './lexical/highlights.ts';
export { type TermScore } from './lexical/score-segment.ts';
export {
  type FusionMethod,
  type FusionOptions,
  type FusionPart,
  type FusionRecord,
  type FusionWeights,
} from './search/fusion.ts';
export {
  type HitExplanation,
  type HitHighlights,
  type ListRange,
  type Recall,
  type SearchExplanation,
  type SearchHit,
  type SearchMode,
  type SearchPlan,
  type SearchQuery,
  type SearchResult,
  type SearchTimings,
  type Way,
} from './search/search-types.ts';
export { findDocuments, type KnownDocument } from './snapshot/find-documents.ts';
export { openSnapshot, type Snapshot, type SnapshotDescription } from './snapshot/snapshot.ts';
export { collectGarbage, type GarbageOptions, type GarbageReport } from './history/collect-garbage.ts';
export { diffVersions, type DifferentDocuments, type VersionDiff } from './history/diff-versions.ts';
export { deleteForGood, purgeNoncurrent } from './history/delete-for-good.ts';
export { documentsMatching } from './history/find-erased.ts';
export { eraseDocuments, type EraseOptions, type EraseReport } from './history/erase.ts';
export { resolveVersion, type AsOf } from './history/resolve-version.ts';
export { DEFAULT_RETENTION, keptVersions, type Retention } from './history/retention.ts';
export { readReverted, type RevertedDeltas } from './history/reverted-deltas.ts';
export { rollback, rollbackKey, type Rollback, type RollbackOptions } from './history/rollback.ts';
export { listTags, removeTag, tagKey, type Tag } from './history/tags.ts';
export { tagVersion } from './history/tag-version.ts';
export { unrevert, type Unrevert, type UnrevertOptions } from './history/unrevert.ts';
export { readVersions, type KnownVersion, type VersionState } from './history/versions.ts';
export { findDocument, type DocumentLookup } from './documents/find-document.ts';
export { type DocumentSource, type FoundChunk, type FoundDocument } from './documents/found-document.ts';
export { listDocuments, type DocumentPage, type DocumentQuery } from './documents/list-documents.ts';
export { searchWithTail, type TailSearchResult, type TailTarget } from './tail/search-tail.ts';
export { openTailDelta, type TailDelta, type TailDocument, type TailPlace } from './tail/tail-delta.ts';
export { unappliedDeltas } from './tail/unapplied-deltas.ts';
export {
  measureRecall,
  type RecallCost,
  type RecallOptions,
  type RecallReport,
} from './recall/measure-recall.ts';
