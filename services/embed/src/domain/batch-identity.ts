import { hashId, type ChunksCreatedV1 } from '@alluvium/contracts';
import type { Batch } from './batch.ts';
import { PASSAGE_FORM } from './passage.ts';

/** The same chunks for the same index are the same batch, in every attempt of the run. */
export const batchIdOf = (
  {
    collection,
    runId,
    part,
    chunks,
  }: Pick<ChunksCreatedV1['data'], 'collection' | 'runId' | 'part' | 'chunks'>,
  modelStamp: string,
): string => hashId(['embedding-batch', collection, runId, part, chunks.sha256, modelStamp, PASSAGE_FORM]);

/** Where the vectors of the batch's present order lie. */
export const rowsKey = ({ collection, runId, part, batchId, submission }: Batch): string =>
  `batches/${collection}/${runId}/${part}-${batchId}/${submission}.jsonl.gz`;

/** What tells a passage among the provider's answers. */
export const rowId = (row: number): string => `row-${row}`;

/** The id of the model's folder. */
export const modelIdOf = ({ index }: Pick<Batch, 'index'>): string => index.modelId.replace(/@.*$/, '');
