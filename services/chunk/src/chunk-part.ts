import {
  chunkedDocumentV1,
  derivedDocumentV1,
  PipelineError,
  type ChunksCreatedV1,
  type DocumentsDerivedV1,
} from '@alluvium/contracts';
import { chunkDocument, defaultChunker } from './domain/chunk-document.ts';
import type { ChunkDeps } from './ports.ts';

/** Cuts the documents of one part and stores the chunks; the same part always gives the same object. */
export const chunkPart = async (
  { objects }: Pick<ChunkDeps, 'objects'>,
  data: DocumentsDerivedV1['data'],
): Promise<ChunksCreatedV1['data']> => {
  const { runId, attempt, part, collection, derived } = data;
  if (derived === undefined) {
    throw new PipelineError(`Part ${part} of run ${runId} has records but no pointer to them`, {
      code: 'EVENT_INVALID',
      kind: 'invalid',
      details: { path: '/data/derived' },
    });
  }
  const documents = await objects.readRecords(derivedDocumentV1, derived);
  const chunked = documents.map((document) => chunkDocument(document, defaultChunker));
  // A replay may derive the part anew: other documents are another object.
  const key = `chunks/${collection}/${runId}/${part}-${derived.sha256.slice(0, 12)}.jsonl.gz`;
  const chunks = await objects.writeRecords(chunkedDocumentV1, key, chunked);
  const records = chunked.reduce((sum, document) => sum + document.chunks.length, 0);
  return { runId, attempt, part, collection, records, documents: documents.length, chunks };
};
