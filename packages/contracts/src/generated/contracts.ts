// Generated from schemas/ by `npm run generate`. Do not edit.

import type { DocumentContract, EventContract } from '../contract.ts';
import * as closed from './closed-validators.js';
import * as open from './open-validators.js';
import type * as T from './types.ts';

export const appliedPartsV1: DocumentContract<T.AppliedPartsV1> = { name: 'applied-parts.v1', closed: closed.closedAppliedPartsV1, open: open.openAppliedPartsV1 };
export const chunkedDocumentV1: DocumentContract<T.ChunkedDocumentV1> = { name: 'chunked-document.v1', closed: closed.closedChunkedDocumentV1, open: open.openChunkedDocumentV1 };
export const collectionV1: DocumentContract<T.CollectionV1> = { name: 'collection.v1', closed: closed.closedCollectionV1, open: open.openCollectionV1 };
export const deltaV1: DocumentContract<T.DeltaV1> = { name: 'delta.v1', closed: closed.closedDeltaV1, open: open.openDeltaV1 };
export const derivedDocumentV1: DocumentContract<T.DerivedDocumentV1> = { name: 'derived-document.v1', closed: closed.closedDerivedDocumentV1, open: open.openDerivedDocumentV1 };
export const rawRecordV1: DocumentContract<T.RawRecordV1> = { name: 'raw-record.v1', closed: closed.closedRawRecordV1, open: open.openRawRecordV1 };
export const rejectV1: DocumentContract<T.RejectV1> = { name: 'reject.v1', closed: closed.closedRejectV1, open: open.openRejectV1 };
export const runManifestV1: DocumentContract<T.RunManifestV1> = { name: 'run-manifest.v1', closed: closed.closedRunManifestV1, open: open.openRunManifestV1 };
export const uploadManifestV1: DocumentContract<T.UploadManifestV1> = { name: 'upload-manifest.v1', closed: closed.closedUploadManifestV1, open: open.openUploadManifestV1 };
export const chunksCreatedV1: EventContract<T.ChunksCreatedV1> = { name: 'chunks.created.v1', identity: ["runId","attempt","part","chunks.sha256"], audience: 'services', closed: closed.closedChunksCreatedV1, open: open.openChunksCreatedV1 };
export const compactionRequestedV1: EventContract<T.CompactionRequestedV1> = { name: 'compaction.requested.v1', identity: ["collection","requestId"], audience: 'services', closed: closed.closedCompactionRequestedV1, open: open.openCompactionRequestedV1 };
export const deltaCreatedV1: EventContract<T.DeltaCreatedV1> = { name: 'delta.created.v1', identity: ["deltaId"], audience: 'services', closed: closed.closedDeltaCreatedV1, open: open.openDeltaCreatedV1 };
export const deltaRejectedV1: EventContract<T.DeltaRejectedV1> = { name: 'delta.rejected.v1', identity: ["deltaId"], audience: 'services', closed: closed.closedDeltaRejectedV1, open: open.openDeltaRejectedV1 };
export const documentsDerivedV1: EventContract<T.DocumentsDerivedV1> = { name: 'documents.derived.v1', identity: ["runId","attempt","part"], audience: 'services', closed: closed.closedDocumentsDerivedV1, open: open.openDocumentsDerivedV1 };
export const documentsFetchedV1: EventContract<T.DocumentsFetchedV1> = { name: 'documents.fetched.v1', identity: ["runId","attempt","part","raw.sha256"], audience: 'services', closed: closed.closedDocumentsFetchedV1, open: open.openDocumentsFetchedV1 };
export const ingestionContinuedV1: EventContract<T.IngestionContinuedV1> = { name: 'ingestion.continued.v1', identity: ["runId","attempt","cursor.part","cursor.file","cursor.record"], audience: 'services', closed: closed.closedIngestionContinuedV1, open: open.openIngestionContinuedV1 };
export const ingestionRequestedV1: EventContract<T.IngestionRequestedV1> = { name: 'ingestion.requested.v1', identity: ["collection","source.name","source.manifest.sha256","attempt"], audience: 'services', closed: closed.closedIngestionRequestedV1, open: open.openIngestionRequestedV1 };
export const partFailedV1: EventContract<T.PartFailedV1> = { name: 'part.failed.v1', identity: ["runId","attempt","part","stage"], audience: 'services', closed: closed.closedPartFailedV1, open: open.openPartFailedV1 };
export const runCompletedV1: EventContract<T.RunCompletedV1> = { name: 'run.completed.v1', identity: ["runId","attempt"], audience: 'external', closed: closed.closedRunCompletedV1, open: open.openRunCompletedV1 };
export const runSealedV1: EventContract<T.RunSealedV1> = { name: 'run.sealed.v1', identity: ["runId","attempt","total"], audience: 'services', closed: closed.closedRunSealedV1, open: open.openRunSealedV1 };
export const runStartedV1: EventContract<T.RunStartedV1> = { name: 'run.started.v1', identity: ["runId","attempt"], audience: 'services', closed: closed.closedRunStartedV1, open: open.openRunStartedV1 };
export const snapshotPublishedV1: EventContract<T.SnapshotPublishedV1> = { name: 'snapshot.published.v1', identity: ["index.path","publishId","applied.sha256"], audience: 'services', closed: closed.closedSnapshotPublishedV1, open: open.openSnapshotPublishedV1 };
export const collectionsV1: DocumentContract<T.CollectionsV1> = { name: 'collections.v1', closed: closed.closedCollectionsV1, open: open.openCollectionsV1 };
export const ingestRequestV1: DocumentContract<T.IngestRequestV1> = { name: 'ingest-request.v1', closed: closed.closedIngestRequestV1, open: open.openIngestRequestV1 };
export const ingestResponseV1: DocumentContract<T.IngestResponseV1> = { name: 'ingest-response.v1', closed: closed.closedIngestResponseV1, open: open.openIngestResponseV1 };
export const jobV1: DocumentContract<T.JobV1> = { name: 'job.v1', closed: closed.closedJobV1, open: open.openJobV1 };
export const jobsV1: DocumentContract<T.JobsV1> = { name: 'jobs.v1', closed: closed.closedJobsV1, open: open.openJobsV1 };
export const problemV1: DocumentContract<T.ProblemV1> = { name: 'problem.v1', closed: closed.closedProblemV1, open: open.openProblemV1 };
export const retrieveRequestV1: DocumentContract<T.RetrieveRequestV1> = { name: 'retrieve-request.v1', closed: closed.closedRetrieveRequestV1, open: open.openRetrieveRequestV1 };
export const retrieveResponseV1: DocumentContract<T.RetrieveResponseV1> = { name: 'retrieve-response.v1', closed: closed.closedRetrieveResponseV1, open: open.openRetrieveResponseV1 };
