// Generated from schemas/ by `npm run generate`. Do not edit.

import * as c from './contracts.ts';

export const events = {
  'chunks.created.v1': c.chunksCreatedV1,
  'compaction.requested.v1': c.compactionRequestedV1,
  'delta.created.v1': c.deltaCreatedV1,
  'delta.rejected.v1': c.deltaRejectedV1,
  'documents.derived.v1': c.documentsDerivedV1,
  'documents.fetched.v1': c.documentsFetchedV1,
  'ingestion.continued.v1': c.ingestionContinuedV1,
  'ingestion.requested.v1': c.ingestionRequestedV1,
  'part.failed.v1': c.partFailedV1,
  'run.completed.v1': c.runCompletedV1,
  'run.sealed.v1': c.runSealedV1,
  'run.started.v1': c.runStartedV1,
  'snapshot.published.v1': c.snapshotPublishedV1,
} as const;

export const documents = {
  'applied-deltas.v1': c.appliedDeltasV1,
  'applied-parts.v1': c.appliedPartsV1,
  'chunked-document.v1': c.chunkedDocumentV1,
  'collection.v1': c.collectionV1,
  'crawl-page.v1': c.crawlPageV1,
  'delta.v1': c.deltaV1,
  'derived-document.v1': c.derivedDocumentV1,
  'embedding-model.v1': c.embeddingModelV1,
  'head.v1': c.headV1,
  'manifest.v1': c.manifestV1,
  'raw-record.v1': c.rawRecordV1,
  'reject.v1': c.rejectV1,
  'run-manifest.v1': c.runManifestV1,
  'source-state.v1': c.sourceStateV1,
  'source.v1': c.sourceV1,
  'upload-manifest.v1': c.uploadManifestV1,
  'collections.v1': c.collectionsV1,
  'ingest-request.v1': c.ingestRequestV1,
  'ingest-response.v1': c.ingestResponseV1,
  'job.v1': c.jobV1,
  'jobs.v1': c.jobsV1,
  'problem.v1': c.problemV1,
  'retrieve-request.v1': c.retrieveRequestV1,
  'retrieve-response.v1': c.retrieveResponseV1,
} as const;
