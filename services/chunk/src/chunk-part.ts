import {
  canonicalJson,
  chunkedDocumentV1,
  derivedDocumentV1,
  PipelineError,
  sha256Hex,
  type ChunksCreatedV1,
  type DocumentsDerivedV1,
} from '@alluvium/contracts';
import { chunkerIdOf } from '@alluvium/text';
import type { ChunkerOf } from './collection-chunker.ts';
import { chunkDocument } from './domain/chunk-document.ts';
import type { ChunkDeps } from './ports.ts';

/** Cuts the documents of one part and stores the chunks; the same part and chunker always give the same object. */
export const chunkPart = async (
  { objects, chunkerOf }: Pick<ChunkDeps, 'objects'> & { chunkerOf: ChunkerOf },
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
  const chunker = await chunkerOf(collection);
  const chunkerId = chunkerIdOf(chunker);
  const documents = await objects.readRecords(derivedDocumentV1, derived);
  const chunked = documents.map((document) => chunkDocument(document, chunker));
  // A replay may derive the part anew or cut it otherwise: what was made of something else is another object.
  const madeOf = sha256Hex(canonicalJson([derived.sha256, chunkerId])).slice(0, 12);
  const key = `chunks/${collection}/${runId}/${part}-${madeOf}.jsonl.gz`;
  const chunks = await objects.writeRecords(chunkedDocumentV1, key, chunked);
  const records = chunked.reduce((sum, document) => sum + document.chunks.length, 0);
  return {
    runId,
    attempt,
    part,
    collection,
    records,
    documents: documents.length,
    chunks,
    chunker: chunkerId,
  };
};
